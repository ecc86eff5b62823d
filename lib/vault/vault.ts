import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";

/**
 * The place a sealed value belongs to. It is authenticated with the value: moved to another table, row or column,
 * a sealed value does not open.
 */
export interface Place {
  readonly table: string;
  readonly row: string;
  readonly column: string;
}

/**
 * `lasting` keeps what never leaves (refresh tokens, client secrets, signing keys), `passing` what is lent for minutes.
 * Two keys, so that a process can be given one without the other.
 */
export type Room = "lasting" | "passing";

export interface Vault {
  seal(room: Room, place: Place, secret: string): string;
  /** @throws Error when the key is unknown, or the value was changed or belongs elsewhere. Never says what it held. */
  open(room: Room, place: Place, sealed: string): string;
  /** A key for one purpose, hex: the same for every process with the same ring. */
  derive(purpose: string): string;
  /** Keyed digest, so that a log can name a value without holding it. */
  fingerprint(value: string): string;
}

interface RootKey {
  readonly id: string;
  readonly key: Buffer;
}

const FORMAT = "v1";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A fresh root key as the setting spells it: `id:base64url of 32 random bytes`. */
export function newRootKey(id: string): string {
  return `${id}:${randomBytes(32).toString("base64url")}`;
}

/**
 * Seals with AES-256-GCM under the first key of the ring; opens with whichever key the value names.
 *
 * @param ring `id:key` pairs separated by commas, newest first; keys are 32 bytes as base64url.
 */
export function createVault(ring: string): Vault {
  const roots = ring.split(",").map(readRootKey);
  const current = roots[0];
  if (!current) throw new Error("The key ring is empty.");
  const keys = new Map<string, Buffer>();
  for (const root of roots)
    for (const room of ["lasting", "passing"] as const) keys.set(`${root.id}/${room}`, subkey(root, `seal/${room}`));
  return {
    seal: (room, place, secret) => seal(current.id, keyOf(keys, current.id, room), room, place, secret),
    open: (room, place, sealed) => open(keys, room, place, sealed),
    derive: (purpose) => subkey(current, `derive/${purpose}`).toString("hex"),
    fingerprint: (value) => createHmac("sha256", subkey(current, "fingerprint")).update(value).digest("hex").slice(0, 16),
  };
}

function seal(keyId: string, key: Buffer, room: Room, place: Place, secret: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associated(keyId, room, place));
  const body = Buffer.concat([cipher.update(secret, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return [FORMAT, keyId, nonce.toString("base64url"), body.toString("base64url")].join(".");
}

function open(keys: ReadonlyMap<string, Buffer>, room: Room, place: Place, sealed: string): string {
  const [format, keyId, nonce, body, more] = sealed.split(".");
  if (format !== FORMAT || !keyId || !nonce || !body || more !== undefined) throw new Error("This is not a sealed value.");
  const [bytes, nonceBytes] = [Buffer.from(body, "base64url"), Buffer.from(nonce, "base64url")];
  if (bytes.length < TAG_BYTES || nonceBytes.length !== NONCE_BYTES) throw new Error("This is not a sealed value.");
  const decipher = createDecipheriv("aes-256-gcm", keyOf(keys, keyId, room), nonceBytes, { authTagLength: TAG_BYTES });
  decipher.setAAD(associated(keyId, room, place));
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  try {
    return decipher.update(bytes.subarray(0, bytes.length - TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
  } catch {
    throw new Error(`A sealed value of ${place.table}.${place.column} does not open: it was changed, moved, or sealed with another key.`);
  }
}

function keyOf(keys: ReadonlyMap<string, Buffer>, keyId: string, room: Room): Buffer {
  const key = keys.get(`${keyId}/${room}`);
  if (!key) throw new Error(`No key "${keyId}" is in the ring: add it to VALET_KEYS.`);
  return key;
}

function associated(keyId: string, room: Room, place: Place): Buffer {
  return Buffer.from(JSON.stringify([FORMAT, keyId, room, place.table, place.row, place.column]), "utf8");
}

function subkey(root: RootKey, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", root.key, "valet", purpose, 32));
}

function readRootKey(text: string): RootKey {
  const [id, key] = text.split(":");
  const bytes = Buffer.from(key ?? "", "base64url");
  if (!id || bytes.length !== 32) throw new Error("A key of the ring is not id:base64url of 32 bytes.");
  return { id, key: bytes };
}
