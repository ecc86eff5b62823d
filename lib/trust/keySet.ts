import type { ForeignKeys } from "../tokens/foreignJwt";

/** A JWKS as it was given or fetched, cut to the public halves that can verify tokens of one issuer. */
export interface KeySet {
  readonly keys: ForeignKeys;
  /** SPIFFE bundles: seconds until the next look that their domain asks for. */
  readonly refreshHintSeconds: number | null;
  /** SPIFFE bundles: grows with every change, so that an old bundle is known for one. */
  readonly sequence: bigint | null;
}

/** It is no key set: the sentence says why, and nothing of what it holds. */
export class KeySetRefused extends Error {
  override readonly name = "KeySetRefused";
}

export const KEY_SET_BYTES_MAX = 256 * 1024;
const KEYS_MAX = 100;
const PRIVATE_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "k"];
const PUBLIC_MEMBERS = ["kty", "kid", "alg", "use", "n", "e", "crv", "x", "y"];
const KEY_TYPES = new Set(["RSA", "EC", "OKP"]);

/**
 * Reads a JWKS (RFC 7517 section 5), or a SPIFFE bundle (SPIFFE Trust Domain and Bundle section 4), where only keys for JWT-SVIDs
 * count, and an empty one is meant: the domain is revoked. A key set of anybody else without a usable key is a mistake.
 *
 * @throws KeySetRefused with a sentence.
 */
export function readKeySet(text: string, isBundle: boolean): KeySet {
  const document = readObject(text);
  const { keys, spiffe_refresh_hint: hint } = document;
  if (!Array.isArray(keys)) throw new KeySetRefused("It is JSON, but no key set: it has no list of keys.");
  if (keys.length > KEYS_MAX) throw new KeySetRefused(`It has more than ${KEYS_MAX} keys.`);
  const usable = keys.flatMap((key: unknown) => publicPart(key, isBundle));
  if (!isBundle && usable.length === 0) throw new KeySetRefused("It has no key that can verify a token.");
  const refreshHintSeconds = isBundle && typeof hint === "number" && hint > 0 ? Math.min(Math.floor(hint), 2 ** 31) : null;
  return { keys: usable, refreshHintSeconds, sequence: isBundle ? readSequence(text, document.spiffe_sequence) : null };
}

/** Refuses what should never be pasted anywhere. @throws KeySetRefused */
export function refusePrivateKeys(text: string): void {
  const { keys } = readObject(text);
  const isPrivate = (key: unknown) => typeof key === "object" && key !== null && PRIVATE_MEMBERS.some((name) => Object.hasOwn(key, name));
  if (Array.isArray(keys) && keys.some(isPrivate)) {
    throw new KeySetRefused("It holds a private key, which is now known to this browser. Renew that key, and paste the public ones.");
  }
}

function readObject(text: string): Record<string, unknown> {
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document === "object" && document !== null && !Array.isArray(document)) return document as Record<string, unknown>;
  } catch {
    // told below: the parser's words quote what it read
  }
  throw new KeySetRefused("It is no JSON object.");
}

function publicPart(key: unknown, isBundle: boolean): Record<string, string>[] {
  if (typeof key !== "object" || key === null) return [];
  const texts = Object.entries(key).filter(([name, value]) => PUBLIC_MEMBERS.includes(name) && typeof value === "string");
  const kept = Object.fromEntries(texts) as Record<string, string>;
  const isUsed = isBundle ? kept.use === "jwt-svid" && Boolean(kept.kid) : kept.use === undefined || kept.use === "sig";
  return isUsed && KEY_TYPES.has(kept.kty ?? "") ? [kept] : [];
}

/** 64 bits, which a JSON number of JavaScript's cannot hold: a large one is read from the text. */
function readSequence(text: string, parsed: unknown): bigint | null {
  if (parsed === undefined) return null;
  if (Number.isSafeInteger(parsed) && (parsed as number) >= 0) return BigInt(parsed as number);
  const written = [...text.matchAll(/"spiffe_sequence"\s*:\s*(\d{1,19})(?=\s*[,}])/g)];
  const value = written.length === 1 ? BigInt(written[0]?.[1] ?? "0") : null;
  if (value === null || value >= 2n ** 63n) throw new KeySetRefused("Its spiffe_sequence is no whole number.");
  return value;
}
