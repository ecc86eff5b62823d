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
 * `lasting` keeps what never leaves (refresh tokens, client secrets, the keys of apps), `passing` what is lent for minutes, `signing` the keys
 * that sign our own tokens. A key each, so that a process can be given one without the others.
 */
export const ROOMS = ["lasting", "passing", "signing"] as const;
export type Room = (typeof ROOMS)[number];
/** What the web process opens, in the order that its keys are written in. */
const WEB_ROOMS = ["passing", "signing"] as const;

export interface Vault {
  seal(room: Room, place: Place, secret: string): string;
  /** @throws Error when the key is unknown or not held here, or the value was changed or belongs elsewhere. Never says what it held. */
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
const KEY_BYTES = 32;

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
  return vaultOver(
    ring.split(",").map((text) => {
      const root = readRootKey(text);
      return { id: root.id, rooms: new Map(ROOMS.map((room) => [room, subkey(root.key, `seal/${room}`)])), derive: deriving(root) };
    }),
  );
}

/** What the web process is given of a ring: it seals and opens what passes and what signs, and nothing of it leads to what lasts. */
export function webKeys(ring: string): string {
  const write = (key: Buffer) => key.toString("base64url");
  const ofRoot = (root: RootKey) =>
    [root.id, ...WEB_ROOMS.map((room) => write(subkey(root.key, `seal/${room}`))), write(deriving(root))].join(":");
  return ring
    .split(",")
    .map((text) => ofRoot(readRootKey(text)))
    .join(",");
}

/** The vault of a process that holds no more than {@link webKeys}. */
export function createWebVault(keys: string): Vault {
  return vaultOver(
    keys.split(",").map((text) => {
      const [id, ...written] = text.split(":");
      const read = written.map((one) => Buffer.from(one, "base64url"));
      const derive = read[WEB_ROOMS.length];
      if (!id || !derive || read.some((key) => key.length !== KEY_BYTES)) throw new Error("These are not the keys of a web process.");
      return { id, rooms: new Map(WEB_ROOMS.map((room, index) => [room, read[index] as Buffer])), derive };
    }),
  );
}

/** One key of a ring, as far as this process holds it. */
interface Held {
  readonly id: string;
  readonly rooms: ReadonlyMap<Room, Buffer>;
  /** What keys for other purposes are derived from. */
  readonly derive: Buffer;
}

function vaultOver(ring: readonly Held[]): Vault {
  const current = ring[0];
  if (!current) throw new Error("The key ring is empty.");
  const keyFor = (keyId: string, room: Room) => keyOf(ring, keyId, room);
  return {
    seal: (room, place, secret) => seal(current.id, keyFor(current.id, room), room, place, secret),
    open: (room, place, sealed) => open(keyFor, room, place, sealed),
    derive: (purpose) => subkey(current.derive, purpose).toString("hex"),
    fingerprint: (value) => createHmac("sha256", subkey(current.derive, "fingerprint")).update(value).digest("hex").slice(0, 16),
  };
}

function deriving(root: RootKey): Buffer {
  return subkey(root.key, "derive");
}

function seal(keyId: string, key: Buffer, room: Room, place: Place, secret: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associated(keyId, room, place));
  const body = Buffer.concat([cipher.update(secret, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return [FORMAT, keyId, nonce.toString("base64url"), body.toString("base64url")].join(".");
}

function open(keyFor: (keyId: string, room: Room) => Buffer, room: Room, place: Place, sealed: string): string {
  const [format, keyId, nonce, body, more] = sealed.split(".");
  if (format !== FORMAT || !keyId || !nonce || !body || more !== undefined) throw new Error("This is not a sealed value.");
  const [bytes, nonceBytes] = [Buffer.from(body, "base64url"), Buffer.from(nonce, "base64url")];
  if (bytes.length < TAG_BYTES || nonceBytes.length !== NONCE_BYTES) throw new Error("This is not a sealed value.");
  const decipher = createDecipheriv("aes-256-gcm", keyFor(keyId, room), nonceBytes, { authTagLength: TAG_BYTES });
  decipher.setAAD(associated(keyId, room, place));
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  try {
    return decipher.update(bytes.subarray(0, bytes.length - TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
  } catch {
    throw new Error(`A sealed value of ${place.table}.${place.column} does not open: it was changed, moved, or sealed with another key.`);
  }
}

function keyOf(ring: readonly Held[], keyId: string, room: Room): Buffer {
  const held = ring.find(({ id }) => id === keyId);
  if (!held) throw new Error(`No key "${keyId}" is in the ring: add it to VALET_KEYS.`);
  const key = held.rooms.get(room);
  if (!key) throw new Error(`This process does not hold the key to what is ${room}.`);
  return key;
}

function associated(keyId: string, room: Room, place: Place): Buffer {
  return Buffer.from(JSON.stringify([FORMAT, keyId, room, place.table, place.row, place.column]), "utf8");
}

function subkey(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", key, "valet", purpose, KEY_BYTES));
}

function readRootKey(text: string): RootKey {
  const [id, key] = text.split(":");
  const bytes = Buffer.from(key ?? "", "base64url");
  if (!id || bytes.length !== KEY_BYTES) throw new Error("A key of the ring is not id:base64url of 32 bytes.");
  return { id, key: bytes };
}
