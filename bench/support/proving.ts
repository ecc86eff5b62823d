import { randomUUID } from "node:crypto";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { BenchAgent } from "./house";

/** One request to the token endpoint, ready to be sent. */
export interface Asked {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Makes so many requests beforehand: signing is the caller's work, and not what is measured. */
export type Prepare = (count: number) => Promise<Asked[]>;

const FORM = { "content-type": "application/x-www-form-urlencoded" };

/** The plainest: `client_id` and `client_secret` in the body. */
export function bySecret({ clientId, clientSecret, grantId }: BenchAgent): Prepare {
  const body = exchangeOf(grantId, { client_id: clientId, client_secret: clientSecret });
  return async (count) => Array.from({ length: count }, () => ({ headers: FORM, body }));
}

/** RFC 8693, with whatever else proves the caller. */
export function exchangeOf(grantId: string, more: Readonly<Record<string, string>>): string {
  return new URLSearchParams({
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: grantId,
    subject_token_type: "urn:valet:params:oauth:token-type:grant",
    ...more,
  }).toString();
}

/** The same requests, each with a DPoP proof of one ES256 key and the nonce of now. */
export function withKey(valetUrl: string, prepare: Prepare): Prepare {
  const url = `${valetUrl}/oauth/token`;
  const pair = generateKeyPair("ES256", { extractable: true });
  const proof = async (nonce?: string) => {
    const { publicKey, privateKey } = await pair;
    const claims = { jti: randomUUID(), htm: "POST", htu: url, ...(nonce ? { nonce } : {}) };
    const header = { alg: "ES256", typ: "dpop+jwt", jwk: await exportJWK(publicKey) };
    return new SignJWT(claims).setProtectedHeader(header).setIssuedAt().sign(privateKey);
  };
  return async (count) => {
    const asked = await prepare(count);
    const [first] = asked;
    const challenged = await fetch(url, { method: "POST", body: first?.body ?? "", headers: { ...first?.headers, dpop: await proof() } });
    const nonce = challenged.headers.get("dpop-nonce") ?? "";
    return Promise.all(asked.map(async (one) => ({ ...one, headers: { ...one.headers, dpop: await proof(nonce) } })));
  };
}
