import { createLocalJWKSet, errors, exportJWK, generateKeyPair, importJWK, type JWK, jwtVerify, SignJWT } from "jose";
import { Refusal } from "../errors";

const ALGORITHM = "ES256";
const SKEW_SECONDS = 60;

/** Who acts, and for whom they act in turn (RFC 8693 section 4.1). */
export interface ActClaim {
  readonly sub: string;
  readonly act?: ActClaim;
}

/** What a Valet access token says (RFC 9068), besides `iss`, `iat` and `exp`. */
export interface AccessClaims {
  /** The principal: a person's id. */
  readonly sub: string;
  /** The one place where the token works. */
  readonly aud: string;
  readonly client_id: string;
  /** The use it was issued in. */
  readonly jti: string;
  readonly scope: string;
  /** Set when somebody else than `sub` acts. */
  readonly act?: ActClaim;
  readonly grant_id?: string;
  /** Absent on a token that an agent has for itself. */
  readonly connection_id?: string;
  readonly run_id?: string;
  /** The sign-in at a terminal that it belongs to, and ends with. */
  readonly sid?: string;
  /** Who alone may become the next actor (RFC 8693 section 4.4). Never copied to another token. */
  readonly may_act?: { readonly sub: string };
  /** The hop of the chain that this token is. */
  readonly delegation_id?: string;
  /** The key without which it is worth nothing: RFC 7638 thumbprint (RFC 9449 section 6). */
  readonly cnf?: { readonly jkt: string };
}

export interface SigningPair {
  readonly kid: string;
  readonly publicJwk: JWK;
  readonly privateJwk: JWK;
}

export interface Signer {
  /** @param expiresAt the instant the token ends; whole seconds, rounded down. */
  sign(claims: AccessClaims, now: Date, expiresAt: Date): Promise<string>;
  /** @throws Refusal `invalid_token` for anything that is not our own live token for this audience. */
  verify(token: string, audience: string, now: Date): Promise<AccessClaims>;
  /** The public keys, as published. */
  jwks(): { keys: JWK[] };
}

/** A fresh ES256 key pair with its id. */
export async function newSigningPair(kid: string): Promise<SigningPair> {
  const pair = await generateKeyPair(ALGORITHM, { extractable: true });
  const [publicJwk, privateJwk] = await Promise.all([exportJWK(pair.publicKey), exportJWK(pair.privateKey)]);
  return { kid, publicJwk: { ...publicJwk, kid, alg: ALGORITHM, use: "sig" }, privateJwk };
}

/** Signs with the current pair, verifies with every published key. `issuer` is our public origin. */
export async function createSigner(issuer: string, current: SigningPair, published: readonly JWK[]): Promise<Signer> {
  const privateKey = await importJWK(current.privateJwk, ALGORITHM);
  const jwks = { keys: [...published] };
  const keySet = createLocalJWKSet(jwks);
  return {
    sign: (claims, now, expiresAt) =>
      new SignJWT({ ...claims })
        .setProtectedHeader({ alg: ALGORITHM, typ: "at+jwt", kid: current.kid })
        .setIssuer(issuer)
        .setIssuedAt(seconds(now))
        .setExpirationTime(seconds(expiresAt))
        .sign(privateKey),
    async verify(token, audience, now) {
      const options = { issuer, audience, typ: "at+jwt", algorithms: [ALGORITHM], clockTolerance: 0, currentDate: now };
      const { payload } = await jwtVerify(token, keySet, { ...options, requiredClaims: ["exp", "iat", "jti", "sub", "client_id"] }).catch(
        refuse,
      );
      if ((payload.iat ?? 0) > seconds(now) + SKEW_SECONDS) refuse(new Error("issued in the future"));
      return payload as unknown as AccessClaims;
    },
    jwks: () => jwks,
  };
}

function refuse(error: unknown): never {
  if (error instanceof errors.JWTExpired) {
    throw new Refusal("invalid_token", "This access token has ended. Exchange the grant for a new one.", { reason: "token_expired" });
  }
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === "aud") {
    throw new Refusal("invalid_token", "This access token is for another place. Use it at its api_base only.", {
      reason: "token_elsewhere",
    });
  }
  throw new Refusal("invalid_token", "This is not an access token of this Valet. Exchange the grant for one.", {
    reason: "token_unknown",
    ...(error instanceof Error ? { detail: error.message } : {}),
  });
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
