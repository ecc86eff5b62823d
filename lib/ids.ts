/** Prefix of every id, so that a stray one can be told in a log: person, agent, connection, grant, use, change ... */
export type IdPrefix =
  | "per"
  | "idn"
  | "agt"
  | "crd"
  | "con"
  | "att"
  | "grt"
  | "len"
  | "use"
  | "chg"
  | "pat"
  | "inv"
  | "tri"
  | "own"
  | "res"
  | "lnk"
  | "dlg"
  | "dev"
  | "rft"
  | "vie"
  | "stp";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** Randomness is drawn for many ids at once: a draw costs the same for one. Ids are public, so nothing of it is a secret. */
const pool = new Uint8Array(4000);
let drawn = pool.length;

/** 48 bits of time and 80 random bits in 26 characters of Crockford base32, lower case: ids sort by time. */
export function newId(prefix: IdPrefix, now: Date): string {
  const bytes = new Uint8Array(16);
  bytes.set(draw(10), 6);
  let milliseconds = now.getTime();
  for (let index = 5; index >= 0; index -= 1) {
    bytes[index] = milliseconds % 256;
    milliseconds = Math.floor(milliseconds / 256);
  }
  return `${prefix}_${encode(bytes)}`;
}

/** What one request is called, in its answer, the log and the ledger: 128 random bits. */
export function newRequestId(): string {
  return `req_${encode(draw(16))}`;
}

/** Whether a text is an id of this kind, before it is sent to the database. */
export function isId(prefix: IdPrefix, text: unknown): text is string {
  return typeof text === "string" && text.startsWith(`${prefix}_`) && /^[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}$/.test(text);
}

function draw(count: number): Uint8Array {
  if (drawn + count > pool.length) {
    crypto.getRandomValues(pool);
    drawn = 0;
  }
  drawn += count;
  return pool.subarray(drawn - count, drawn);
}

/** 16 bytes as 26 characters, from the last five bits on; the first character holds the three that are left. */
function encode(bytes: Uint8Array): string {
  let [text, rest, bits] = ["", 0, 0];
  for (let index = bytes.length - 1; index >= 0; index -= 1) {
    rest |= (bytes[index] as number) << bits;
    for (bits += 8; bits >= 5; bits -= 5) {
      text = ALPHABET[rest & 31] + text;
      rest >>= 5;
    }
  }
  return ALPHABET[rest] + text;
}
