import { createPrivateKey, type JsonWebKeyInput, type KeyObject, sign } from "node:crypto";
import {
  createLocalJWKSet,
  decodeJwt,
  errors,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTPayload,
  type JWTVerifyOptions,
  jwtVerify,
} from "jose";
import { Refusal } from "../errors";
import { hashSecret } from "./secret";
import { CLOCK_SKEW_SECONDS } from "./skew";

const ALGORITHM = "ES256";
/** No token of ours lives longer: so long after its last signature a key is still published. */
export const ACCESS_SECONDS_MAX = 60 * 60;

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
  /** What narrows it beyond its scopes (RFC 9396 section 9.1). */
  readonly authorization_details?: readonly object[];
  /** The key without which it is worth nothing: RFC 7638 thumbprint (RFC 9449 section 6). */
  readonly cnf?: { readonly jkt: string };
}

/** A token that was verified, with the instants it carries in whole seconds. */
export interface VerifiedClaims extends AccessClaims {
  readonly iat: number;
  readonly exp: number;
}

export interface SigningPair {
  readonly kid: string;
  readonly publicJwk: JWK;
  readonly privateJwk: JWK;
}

/** The keys as they are kept: several processes share them, and one of them may have made the next a moment ago. */
export interface SigningKeys {
  /** The pair that signs now. */
  current(now: Date): Promise<SigningPair>;
  /** The public halves that verifiers may need now, those of the next and of the one before included. */
  published(now: Date): Promise<readonly JWK[]>;
  /** Reads them again where they are kept, however lately that was. */
  reload(now: Date): Promise<void>;
  /** Reads them again unless that was a moment ago. Answers whether it did. */
  lookAgain(now: Date): Promise<boolean>;
}

export interface Signer {
  /** @param expiresAt the instant the token ends, at most an hour from `now`; whole seconds, rounded down. */
  sign(claims: AccessClaims, now: Date, expiresAt: Date): Promise<string>;
  /** @throws Refusal `invalid_token` for anything that is not our own live token for this audience, or one of these. */
  verify(token: string, audience: string | readonly string[], now: Date): Promise<VerifiedClaims>;
  /** The public keys, as published. */
  jwks(now: Date): Promise<{ keys: JWK[] }>;
  /** After this process made a key: publishes it at once. */
  reload(now: Date): Promise<void>;
}

/** A fresh ES256 key pair with its id. */
export async function newSigningPair(kid: string): Promise<SigningPair> {
  const pair = await generateKeyPair(ALGORITHM, { extractable: true });
  const [publicJwk, privateJwk] = await Promise.all([exportJWK(pair.publicKey), exportJWK(pair.privateKey)]);
  return { kid, publicJwk: { ...publicJwk, kid, alg: ALGORITHM, use: "sig" }, privateJwk };
}

/** Signs with the current pair, verifies with every published key. `issuer` is our public origin. */
export function createSigner(issuer: string, keys: SigningKeys): Signer {
  return {
    async sign(claims, now, expiresAt) {
      if (expiresAt.getTime() - now.getTime() > ACCESS_SECONDS_MAX * 1000) throw new Error("A token of ours lives an hour at most.");
      const pair = await keys.current(now);
      return compact(pair, { ...claims, iss: issuer, iat: seconds(now), exp: seconds(expiresAt) });
    },
    async verify(token, audience, now) {
      const audiences = [audience].flat();
      let published = await keys.published(now);
      const before = verifiedBefore(published, token, audiences, now);
      if (before) return before;
      const options = { issuer, audience: audiences, typ: "at+jwt", algorithms: [ALGORITHM], clockTolerance: 0, currentDate: now };
      let judged = await verifyWith(published, token, options);
      // Another process may sign by a key that this one has not read yet.
      if (judged instanceof errors.JWKSNoMatchingKey && decodeJwt(token).iss === issuer && (await keys.lookAgain(now))) {
        published = await keys.published(now);
        judged = await verifyWith(published, token, options);
      }
      if (judged instanceof Error) return refuse(judged);
      if ((judged.iat ?? 0) > seconds(now) + CLOCK_SKEW_SECONDS) return refuse(new Error("issued in the future"));
      return remember(published, token, judged as unknown as VerifiedClaims);
    },
    jwks: async (now) => ({ keys: [...(await keys.published(now))] }),
    reload: (now) => keys.reload(now),
  };
}

/** What the token says, or why it is not believed. Only what reading the keys throws is thrown. */
async function verifyWith(published: readonly JWK[], token: string, options: JWTVerifyOptions): Promise<JWTPayload | Error> {
  try {
    const required = { ...options, requiredClaims: ["exp", "iat", "jti", "sub", "client_id"] };
    return (await jwtVerify(token, keySet(published), required)).payload;
  } catch (error) {
    return error instanceof Error ? error : new Error("unreadable");
  }
}

/** Tokens whose signature was found good by the keys as they were read, by their SHA-256: an agent shows the same one again and again. */
const verified = new WeakMap<readonly JWK[], Map<string, VerifiedClaims>>();
const VERIFIED_MAX = 10_000;

/** Only for a token that is still good here; what is wrong with any other, verifying says. */
function verifiedBefore(published: readonly JWK[], token: string, audiences: readonly string[], now: Date): VerifiedClaims | null {
  const claims = verified.get(published)?.get(hashSecret(token));
  const isGood = claims && seconds(now) < claims.exp && claims.iat <= seconds(now) + CLOCK_SKEW_SECONDS && audiences.includes(claims.aud);
  return isGood ? claims : null;
}

function remember(published: readonly JWK[], token: string, claims: VerifiedClaims): VerifiedClaims {
  const known = verified.get(published) ?? new Map<string, VerifiedClaims>();
  verified.set(published, known);
  known.set(hashSecret(token), claims);
  const [oldest] = known.size > VERIFIED_MAX ? known.keys() : [];
  if (oldest !== undefined) known.delete(oldest);
  return claims;
}

type KeySet = ReturnType<typeof createLocalJWKSet>;
const keySets = new WeakMap<readonly JWK[], KeySet>();
const signingKeys = new WeakMap<JWK, { readonly key: KeyObject; readonly header: string }>();

/** Made once for the keys as they were read: importing them costs more than verifying. */
function keySet(published: readonly JWK[]): KeySet {
  const known = keySets.get(published) ?? createLocalJWKSet({ keys: [...published] });
  keySets.set(published, known);
  return known;
}

/**
 * A JWS in compact form (RFC 7515 section 7.1), signed by Node's own here and now: by way of jose and WebCrypto the same signature costs three times the
 * processor time, and to wake another thread for it takes longer than signing. It is jose that verifies it.
 */
function compact(pair: SigningPair, claims: Readonly<Record<string, unknown>>): string {
  const { key, header } = signingKey(pair);
  const signed = `${header}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}

function signingKey({ kid, privateJwk }: SigningPair) {
  const made = signingKeys.get(privateJwk) ?? {
    key: createPrivateKey({ key: privateJwk as JsonWebKeyInput["key"], format: "jwk" }),
    header: Buffer.from(JSON.stringify({ alg: ALGORITHM, typ: "at+jwt", kid })).toString("base64url"),
  };
  signingKeys.set(privateJwk, made);
  return made;
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
