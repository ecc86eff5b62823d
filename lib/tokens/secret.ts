import { hash, randomBytes, randomInt, timingSafeEqual } from "node:crypto";

/** What a secret of ours is for: an agent's credential, a person's API token, an invitation link, a terminal's refresh token. */
export type SecretKind = "agt" | "pat" | "inv" | "rt";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SHAPE = /^vlt_(agt|pat|inv|rt)_([0-9A-Za-z]{30})([0-9A-Za-z]{6})$/;

/** `vlt_<kind>_<30 random base62><6 base62 CRC-32>`: about 178 bits, and a scanner can tell a real one without asking us. */
export function newSecret(kind: SecretKind): string {
  let random = "";
  for (let index = 0; index < 30; index += 1) random += ALPHABET[randomInt(62)];
  return spellSecret(kind, random);
}

/** The whole text for a kind and its 30 random characters. */
export function spellSecret(kind: SecretKind, random: string): string {
  return `vlt_${kind}_${random}${checksum(random)}`;
}

/** The kind of a well-formed secret, or null: checked before any database is asked. */
export function secretKind(text: string): SecretKind | null {
  const match = SHAPE.exec(text);
  if (!match || checksum(match[2] as string) !== match[3]) return null;
  return match[1] as SecretKind;
}

/** SHA-256 as hex. Enough for secrets of full entropy; passwords go through argon2id. */
export function hashSecret(text: string): string {
  return hash("sha256", text, "hex");
}

/** An unguessable text for one-time use in a URL (state, browser binding): 256 bits, base64url. */
export function randomText(): string {
  return randomBytes(32).toString("base64url");
}

/** Compares without telling how much was right. */
export function sameText(left: string, right: string): boolean {
  return timingSafeEqual(Buffer.from(hashSecret(left)), Buffer.from(hashSecret(right)));
}

/** The last four characters, to tell secrets apart on a page. */
export function lastFour(text: string): string {
  return text.slice(-4);
}

function checksum(random: string): string {
  let value = crc32(random);
  let text = "";
  for (let index = 0; index < 6; index += 1) {
    text = ALPHABET[value % 62] + text;
    value = Math.floor(value / 62);
  }
  return text;
}

/** CRC-32/ISO-HDLC of ASCII text. */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let index = 0; index < text.length; index += 1) {
    crc ^= text.charCodeAt(index);
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
