import { exportJWK, exportSPKI, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";
import { writingSide } from "../db";
import { newId } from "../ids";
import { readPublicKey } from "../tokens/publicKey";
import { TEST_ISSUER, type TestCore } from "./core";

export interface PairOfKeys {
  readonly publicJwk: JWK;
  readonly privateJwk: JWK;
  readonly spki: string;
  readonly privateKey: CryptoKey;
}

export async function newPair(alg = "ES256", options: { modulusLength?: number } = {}): Promise<PairOfKeys> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true, ...options });
  const [publicJwk, privateJwk] = await Promise.all([exportJWK(publicKey), exportJWK(privateKey)]);
  return { publicJwk, privateJwk, spki: await exportSPKI(publicKey), privateKey };
}

/** A key of an agent in the database, without a row of activity. Answers the credential's id. */
export async function keyRecord(core: TestCore, agentId: string, pair: PairOfKeys, more: { expiresAt?: Date } = {}): Promise<string> {
  const createdAt = core.clock.now();
  const { publicJwk, thumbprint } = await readPublicKey(JSON.stringify(pair.publicJwk));
  const id = newId("crd", createdAt);
  const data = { id, agentId, kind: "key", publicJwk: publicJwk as object, thumbprint, createdAt, ...more };
  await writingSide(core.db).prisma.agentCredential.create({ data });
  return id;
}

export interface Changes {
  readonly claims?: JWTPayload & Record<string, unknown>;
  readonly header?: Record<string, unknown>;
}

/** An assertion as a right client makes it: right in all but what is changed. */
export function assertion(core: TestCore, agentId: string, pair: PairOfKeys, { claims, header }: Changes = {}): Promise<string> {
  const at = core.clock.now().getTime() / 1000;
  const right = { iss: agentId, sub: agentId, aud: TEST_ISSUER, iat: at, nbf: at, exp: at + 60, jti: newId("use", core.clock.now()) };
  const body = JSON.parse(JSON.stringify({ ...right, ...claims })) as JWTPayload;
  return new SignJWT(body).setProtectedHeader({ alg: "ES256", ...header } as { alg: string }).sign(pair.privateKey);
}

/** The installation's row, which a start would have made. */
export async function instanceRecord(core: TestCore, more: { secretsBanned?: boolean } = {}): Promise<void> {
  const data = { sealedCanary: "not opened here", createdAt: core.clock.now(), ...more };
  await writingSide(core.db).prisma.instance.upsert({ where: { id: 1 }, create: { id: 1, ...data }, update: more });
}
