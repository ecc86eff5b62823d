import {
  compactVerify,
  decodeJwt,
  decodeProtectedHeader,
  importJWK,
  type JWK,
  type JWTPayload,
  type ProtectedHeaderParameters,
} from "jose";
import { CLOCK_SKEW_SECONDS } from "./skew";

/** Keys of one issuer: public, and of this issuer alone. */
export type ForeignKeys = readonly JWK[];

/** `platform`: a CI's, a cluster's or an identity provider's token. `spiffe`: a JWT-SVID. */
export type ForeignProfile = "platform" | "spiffe";

/** Why a token of somebody else is not believed. For the operator's log: whoever showed it is told nothing of this. */
export type ForeignFault =
  | "issuer" // nobody whose tokens are trusted here, or nobody any more
  | "malformed" // no JWS of three parts, or too long
  | "header" // a header that this kind of token may not have, or another type of token
  | "algorithm"
  | "key_unknown" // no key of the issuer fits: it may have a new one
  | "signature"
  | "audience" // made for somebody else, or for several
  | "expired"
  | "too_old"
  | "lives_too_long"
  | "claims";

/** The token proves nothing. Holds no part of it. */
export class ForeignRefused extends Error {
  override readonly name = "ForeignRefused";
  constructor(readonly fault: ForeignFault) {
    super(`A foreign token was refused: ${fault}.`);
  }
}

/** What a token says of itself before anything is believed: enough to find whose keys to ask. */
export interface ForeignClaim {
  readonly issuer: string | null;
  readonly subject: string | null;
}

const CHARACTERS_MAX = 16 * 1024;
/** Tokens are cached and shown again, so they are not single-use; they are young, and end soon, instead. */
const AGE_SECONDS_MAX = 24 * 60 * 60;
/** Keys without a `kid` are tried in turn, so many at most. */
const TRIES_MAX = 8;
const TYPES = new Set(["jwt", "jose", "application/jwt", "application/jose"]);
/** What would have us take a key from the token or from where it says (RFC 7515 section 4.1). */
const KEY_BRINGING = ["jku", "jwk", "x5u", "x5c"];

/** Per algorithm the key it takes: RFC 7518 section 3.1, RFC 8037, RFC 9864. */
const ALGORITHMS: Readonly<Record<string, { readonly kty: string; readonly crv?: string; readonly platformOnly?: true }>> = {
  ...Object.fromEntries(["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"].map((name) => [name, { kty: "RSA" }])),
  ES256: { kty: "EC", crv: "P-256" },
  ES384: { kty: "EC", crv: "P-384" },
  ES512: { kty: "EC", crv: "P-521" },
  EdDSA: { kty: "OKP", crv: "Ed25519", platformOnly: true },
  Ed25519: { kty: "OKP", crv: "Ed25519", platformOnly: true },
};

/** Reads who a token says it is from. @throws ForeignRefused `malformed`. */
export function peekForeign(token: string): ForeignClaim {
  const { iss, sub } = decode(token, () => decodeJwt(token));
  return { issuer: typeof iss === "string" ? iss : null, subject: typeof sub === "string" ? sub : null };
}

export interface ForeignExpected {
  readonly profile: ForeignProfile;
  readonly keys: ForeignKeys;
  /** One of these, and nothing beside it. */
  readonly audiences: readonly string[];
  readonly now: Date;
}

/**
 * The claims of a token that one of these keys signed, for us alone, and that is young and alive. RFC 7519 section 7.2, RFC 8725;
 * for `spiffe` JWT-SVID sections 2 to 4: three headers and no other, no EdDSA, `iss`, `iat` and `jti` not needed.
 *
 * Keys are those given, never the token's. @throws ForeignRefused with the fault.
 */
export async function verifyForeign(token: string, expected: ForeignExpected): Promise<JWTPayload> {
  const header = decode(token, () => decodeProtectedHeader(token));
  requireHeader(header, expected.profile);
  const claims = await verifySignature(token, header, expected.keys);
  requireAudience(claims, expected.audiences);
  requireTimes(claims, expected);
  return claims;
}

function decode<T>(token: string, read: () => T): T {
  try {
    if (token.length <= CHARACTERS_MAX && token.split(".").length === 3) return read();
  } catch {
    // told below: the decoder's words may quote the token
  }
  throw new ForeignRefused("malformed");
}

function requireHeader(header: ProtectedHeaderParameters, profile: ForeignProfile): void {
  const { alg, typ, kid } = header;
  const algorithm = typeof alg === "string" && Object.hasOwn(ALGORITHMS, alg) ? ALGORITHMS[alg] : undefined;
  if (!algorithm || (algorithm.platformOnly && profile === "spiffe")) throw new ForeignRefused("algorithm");
  const names = Object.keys(header);
  const isClean = profile === "spiffe" ? names.every((name) => ["alg", "kid", "typ"].includes(name)) : !names.some(bringsKey);
  const isTyped = typ === undefined || (typeof typ === "string" && isPlainType(typ, profile));
  if (!isClean || !isTyped || (kid !== undefined && typeof kid !== "string")) throw new ForeignRefused("header");
}

function bringsKey(name: string): boolean {
  return KEY_BRINGING.includes(name) || name === "crit";
}

/** JWT-SVID section 2.3 spells its two types in capitals; of RFC 7515 section 4.1.9 neither case nor prefix matter. */
function isPlainType(typ: string, profile: ForeignProfile): boolean {
  return profile === "spiffe" ? typ === "JWT" || typ === "JOSE" : TYPES.has(typ.toLowerCase());
}

async function verifySignature(token: string, { alg, kid }: ProtectedHeaderParameters, keys: ForeignKeys): Promise<JWTPayload> {
  const algorithm = alg as string;
  const fitting = keys.filter((key) => fits(key, algorithm) && (kid === undefined || key.kid === kid)).slice(0, TRIES_MAX);
  if (fitting.length === 0) throw new ForeignRefused("key_unknown");
  for (const key of fitting) {
    if (await isSignedBy(token, key, algorithm)) return decode(token, () => decodeJwt(token));
  }
  // Without a kid, the key it was signed with may be one that we do not have yet.
  throw new ForeignRefused(kid === undefined ? "key_unknown" : "signature");
}

function fits(key: JWK, algorithm: string): boolean {
  const wanted = ALGORITHMS[algorithm];
  if (!wanted || key.kty !== wanted.kty || (wanted.crv !== undefined && key.crv !== wanted.crv)) return false;
  return key.alg === undefined || key.alg === algorithm || (wanted.crv === "Ed25519" && ["EdDSA", "Ed25519"].includes(key.alg));
}

async function isSignedBy(token: string, { kty, n, e, crv, x, y }: JWK, algorithm: string): Promise<boolean> {
  try {
    const bare = Object.fromEntries(Object.entries({ kty, n, e, crv, x, y }).filter(([, value]) => value !== undefined)) as JWK;
    await compactVerify(token, await importJWK(bare, algorithm), { algorithms: [algorithm] });
    return true;
  } catch {
    return false;
  }
}

/** One audience. A list of one is one; a token for two places could be shown here by the other. */
function requireAudience({ aud }: JWTPayload, audiences: readonly string[]): void {
  const [only, ...others] = typeof aud === "string" ? [aud] : (aud ?? []);
  if (typeof only !== "string" || others.length > 0 || !audiences.includes(only)) throw new ForeignRefused("audience");
}

function requireTimes({ exp, iat, nbf }: JWTPayload, { profile, now: at }: ForeignExpected): void {
  const now = Math.floor(at.getTime() / 1000);
  const [begins, issued] = [nbf ?? now, iat ?? (profile === "spiffe" ? now : undefined)];
  if (typeof exp !== "number" || typeof begins !== "number" || typeof issued !== "number") throw new ForeignRefused("claims");
  if (exp + CLOCK_SKEW_SECONDS <= now) throw new ForeignRefused("expired");
  if (exp > now + AGE_SECONDS_MAX + CLOCK_SKEW_SECONDS) throw new ForeignRefused("lives_too_long");
  if (begins > now + CLOCK_SKEW_SECONDS || issued > now + CLOCK_SKEW_SECONDS) throw new ForeignRefused("claims");
  if (issued < now - AGE_SECONDS_MAX - CLOCK_SKEW_SECONDS) throw new ForeignRefused("too_old");
}
