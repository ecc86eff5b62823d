import { decodeJwt, decodeProtectedHeader, errors, type JWK, type JWTPayload, jwtVerify } from "jose";
import { CLOCK_SKEW_SECONDS } from "./skew";

/** Never `none`, never HS*: a public key is no secret (RFC 8725 section 3.1). Ed25519 has two names (RFC 9864). */
export const ASSERTION_ALGORITHMS = ["ES256", "RS256", "PS256", "Ed25519", "EdDSA"] as const;
/** How far ahead the end of an assertion may lie. */
export const ASSERTION_SECONDS_MAX = 5 * 60;
const TYPES = ["jwt", "client-authentication+jwt"];
const JTI_CHARACTERS_MAX = 1_000;

/** Why an assertion was not believed: for the operator's log and the ledger, never for the caller. */
export type AssertionFault =
  | "assertion_unreadable"
  | "assertion_algorithm"
  | "assertion_type"
  | "assertion_signature"
  | "assertion_claims"
  | "assertion_audience"
  | "assertion_ended"
  | "assertion_too_long"
  | "assertion_early"
  | "assertion_without_jti";

/** `signedBy`: the key that signed it all the same, so it is known who sent it. */
export class AssertionRefused extends Error {
  override readonly name = "AssertionRefused";
  constructor(
    readonly fault: AssertionFault,
    readonly signedBy: AssertionKey | null = null,
  ) {
    super(fault);
  }
}

/** What an assertion says of itself. Nothing of it is verified: it tells whose keys to ask. */
export interface UnverifiedAssertion {
  readonly issuer: string | null;
  readonly subject: string | null;
}

export interface AssertionKey {
  readonly thumbprint: string;
  readonly publicJwk: JWK;
}

export interface Expected {
  readonly clientId: string;
  /** Our issuer. */
  readonly audience: string;
  readonly keys: readonly AssertionKey[];
  readonly now: Date;
}

export interface VerifiedAssertion<Key extends AssertionKey> {
  readonly key: Key;
  /** To be taken once. */
  readonly jti: string;
  /** From here on it would be refused for its age. */
  readonly forgetAt: Date;
}

/** Null for a text that is no JWT at all. */
export function readAssertion(assertion: string): UnverifiedAssertion | null {
  try {
    decodeProtectedHeader(assertion);
    const { iss, sub } = decodeJwt(assertion);
    return { issuer: typeof iss === "string" ? iss : null, subject: typeof sub === "string" ? sub : null };
  } catch {
    return null;
  }
}

/**
 * Verifies a client's assertion (RFC 7523 section 3 with rfc7523bis): signed by one of its keys, `iss` and `sub` its id, `aud`
 * our issuer as one string, `exp` within five minutes, `iat` and `nbf` not ahead of us, each by two minutes' skew.
 * Whether its `jti` was shown before is the caller's to ask.
 *
 * @throws AssertionRefused with the cause.
 */
export async function verifyAssertion<Key extends AssertionKey>(
  assertion: string,
  expected: Expected & { readonly keys: readonly Key[] },
): Promise<VerifiedAssertion<Key>> {
  const { alg, kid } = readHeader(assertion);
  for (const key of candidates(expected.keys, alg, kid)) {
    const payload = await claimsUnder(assertion, key, expected);
    if (payload) return { key, ...judge(payload, key, expected) };
  }
  throw new AssertionRefused("assertion_signature");
}

function readHeader(assertion: string): { alg: string; kid: string | undefined } {
  const { alg, typ, kid } = decodeProtectedHeader(assertion);
  if (!ASSERTION_ALGORITHMS.some((known) => known === alg)) throw new AssertionRefused("assertion_algorithm");
  // RFC 8725 section 3.11. Untyped ones are taken, as rfc7523bis asks; a token of another kind is not.
  if (typ !== undefined && !(typeof typ === "string" && TYPES.includes(typ.toLowerCase().replace(/^application\//, "")))) {
    throw new AssertionRefused("assertion_type");
  }
  return { alg: alg as string, kid: typeof kid === "string" ? kid : undefined };
}

const CURVES: Readonly<Record<string, string>> = { ES256: "P-256", Ed25519: "Ed25519", EdDSA: "Ed25519" };

/** The keys that this algorithm is for; the one alone that is named, where one is. */
function candidates<Key extends AssertionKey>(keys: readonly Key[], alg: string, kid: string | undefined): readonly Key[] {
  const fitting = keys.filter(
    ({ publicJwk }) => (publicJwk.alg ?? alg) === alg && (CURVES[alg] ? publicJwk.crv === CURVES[alg] : publicJwk.kty === "RSA"),
  );
  const named = fitting.filter(({ publicJwk, thumbprint }) => kid === thumbprint || kid === publicJwk.kid);
  return kid !== undefined && named.length > 0 ? named : fitting;
}

/** What it says, once the key has verified its signature. Null when another key signed it. */
async function claimsUnder(assertion: string, key: AssertionKey, { now }: Expected): Promise<JWTPayload | null> {
  const options = { algorithms: [...ASSERTION_ALGORITHMS], clockTolerance: CLOCK_SKEW_SECONDS, currentDate: now };
  try {
    return (await jwtVerify(assertion, key.publicJwk, options)).payload;
  } catch (error) {
    // Claims are looked at once the signature is right.
    if (error instanceof errors.JWTExpired) throw new AssertionRefused("assertion_ended", key);
    if (error instanceof errors.JWTClaimValidationFailed) {
      throw new AssertionRefused(error.claim === "nbf" ? "assertion_early" : "assertion_claims", key);
    }
    if (error instanceof errors.JWSSignatureVerificationFailed) return null;
    throw new AssertionRefused("assertion_unreadable");
  }
}

function judge(payload: JWTPayload, key: AssertionKey, { clientId, audience, now }: Expected): { jti: string; forgetAt: Date } {
  const refuse = (fault: AssertionFault) => new AssertionRefused(fault, key);
  const at = now.getTime() / 1000;
  const { iss, sub, aud, exp, iat, jti } = payload;
  if (iss !== clientId || sub !== clientId) throw refuse("assertion_claims");
  if (aud !== audience) throw refuse("assertion_audience");
  if (exp === undefined || exp > Math.min(at + CLOCK_SKEW_SECONDS, iat ?? at) + ASSERTION_SECONDS_MAX) throw refuse("assertion_too_long");
  if (iat !== undefined && iat > at + CLOCK_SKEW_SECONDS) throw refuse("assertion_early");
  if (typeof jti !== "string" || jti === "" || jti.length > JTI_CHARACTERS_MAX) throw refuse("assertion_without_jti");
  return { jti, forgetAt: new Date((exp + CLOCK_SKEW_SECONDS + 1) * 1000) };
}
