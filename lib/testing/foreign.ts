import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from "jose";
import { guardedDispatcher, guardedFetch } from "../net/guard";
import { TEST_ISSUER, type TestCore, testCore } from "./core";

/** Somebody else's key pair, by its name in a key set. */
export interface ForeignKey {
  readonly kid: string;
  readonly alg: string;
  readonly publicJwk: JWK;
  readonly privateKey: CryptoKey;
}

export async function foreignKey(kid: string, alg = "ES256"): Promise<ForeignKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, publicJwk: { ...(await exportJWK(publicKey)), kid }, privateKey };
}

/** A SPIFFE bundle of these keys. */
export function bundle(keys: readonly ForeignKey[], more: object = {}): object {
  return { keys: keys.map(({ publicJwk }) => ({ ...publicJwk, use: "jwt-svid" })), ...more };
}

/** A key set of these keys. */
export function jwks(...keys: ForeignKey[]): { keys: JWK[] } {
  return { keys: keys.map(({ publicJwk, alg }) => ({ ...publicJwk, alg, use: "sig" })) };
}

export interface Minted {
  readonly key: ForeignKey;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
}

/** Mints tokens for this Valet at the core's time, for ten minutes; a claim that is given as undefined is left out. */
export function minter(core: TestCore) {
  return ({ key, claims, header = {} }: Minted): Promise<string> => {
    const now = Math.floor(core.clock.now().getTime() / 1000);
    const whole = { aud: TEST_ISSUER, iat: now, exp: now + 600, ...claims };
    const heads = { alg: key.alg, kid: key.kid, ...header };
    const clean = (record: object) => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
    return new SignJWT(clean(whole)).setProtectedHeader(clean(heads) as unknown as JWTHeaderParameters).sign(key.privateKey);
  };
}

/** A server of somebody else: what each path answers can be changed, and what was asked is kept. */
export interface ForeignServer {
  readonly url: string;
  readonly asked: string[];
  /** JSON, or a whole answer. */
  readonly answers: Record<string, object | ((url: string) => { status?: number; headers?: Record<string, string>; body?: string })>;
  close(): Promise<void>;
}

export async function foreignServer(): Promise<ForeignServer> {
  const answers: ForeignServer["answers"] = {};
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    asked.push(path);
    const answer = answers[path];
    if (!answer) return void response.writeHead(404).end();
    const { status = 200, headers = {}, body = "" } = typeof answer === "function" ? answer(path) : { body: JSON.stringify(answer) };
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, answers, close };
}

/** A core whose guard lets it ask this machine, where the foreign servers are. */
export function foreignCore(): Promise<TestCore> {
  return testCore({ fetch: guardedFetch(guardedDispatcher(new Set(["127.0.0.1"]))) });
}
