import { randomUUID } from "node:crypto";
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { hashForProof, thumbprintOf } from "../tokens/dpop";
import { freshNonce } from "../tokens/dpopNonce";
import { TEST_ISSUER, type TestCore } from "./core";

/** A key that an agent holds. */
export interface HeldKey {
  readonly alg: string;
  readonly publicJwk: JWK;
  readonly privateJwk: JWK;
  readonly privateKey: CryptoKey;
  readonly jkt: string;
}

export async function newKey(alg = "ES256"): Promise<HeldKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const [publicJwk, privateJwk] = await Promise.all([exportJWK(publicKey), exportJWK(privateKey)]);
  return { alg, publicJwk, privateJwk, privateKey, jkt: await thumbprintOf(publicJwk) };
}

export interface ProofWish {
  readonly method?: string;
  /** A path below the public origin. */
  readonly path: string;
  readonly token?: string;
  /** In place of what a good proof has; undefined leaves a member out. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
}

/** A proof as it should be for this request, but for what is wished otherwise. Made by `jose`, not by Valet. */
export function makeProof(core: TestCore, key: HeldKey, wish: ProofWish): Promise<string> {
  const claims = {
    jti: randomUUID(),
    htm: wish.method ?? "POST",
    htu: TEST_ISSUER + wish.path,
    iat: Math.floor(core.clock.now().getTime() / 1000),
    nonce: freshNonce(core),
    ...(wish.token ? { ath: hashForProof(wish.token) } : {}),
    ...wish.claims,
  };
  const header = { alg: key.alg, typ: "dpop+jwt", jwk: key.publicJwk, ...wish.header };
  return new SignJWT(claims).setProtectedHeader(header).sign(key.privateKey);
}
