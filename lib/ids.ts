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

/** 48 bits of time and 80 random bits in 26 characters of Crockford base32, lower case: ids sort by time. */
export function newId(prefix: IdPrefix, now: Date): string {
  const bytes = new Uint8Array(16);
  crypto.getRandomValues(bytes.subarray(6));
  let milliseconds = now.getTime();
  for (let index = 5; index >= 0; index -= 1) {
    bytes[index] = milliseconds % 256;
    milliseconds = Math.floor(milliseconds / 256);
  }
  return `${prefix}_${encode(bytes)}`;
}

/** Whether a text is an id of this kind, before it is sent to the database. */
export function isId(prefix: IdPrefix, text: unknown): text is string {
  return typeof text === "string" && text.startsWith(`${prefix}_`) && /^[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}$/.test(text);
}

function encode(bytes: Uint8Array): string {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  let text = "";
  for (let index = 0; index < 26; index += 1) {
    text = ALPHABET[Number(value & 31n)] + text;
    value >>= 5n;
  }
  return text;
}
