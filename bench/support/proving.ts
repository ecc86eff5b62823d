import { randomUUID } from "node:crypto";
import { exportJWK, generateKeyPair, importJWK, SignJWT } from "jose";
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

const ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** `private_key_jwt`: one assertion each, since each is taken once. */
export function byKey(valetUrl: string, { clientId, key, grantId }: BenchAgent): Prepare {
  return async (count) => {
    const signer = await importJWK(key, "ES256");
    const one = async () => {
      const claims = { iss: clientId, sub: clientId, aud: valetUrl, jti: randomUUID() };
      const assertion = new SignJWT(claims).setProtectedHeader({ alg: "ES256" }).setIssuedAt().setExpirationTime("60s");
      return asserted(grantId, await assertion.sign(signer));
    };
    return Promise.all(Array.from({ length: count }, one));
  };
}

/** A workload's own token, the same each time: platforms cache theirs. */
export function byWorkload(valetUrl: string, { workload: { issuer, key, subject }, grantId }: BenchAgent): Prepare {
  return async (count) => {
    const claims = new SignJWT({ iss: issuer, sub: subject, aud: valetUrl });
    const token = claims.setProtectedHeader({ alg: "ES256", kid: "bench" }).setIssuedAt().setExpirationTime("10m");
    const asked = asserted(grantId, await token.sign(await importJWK(key, "ES256")));
    return Array.from({ length: count }, () => asked);
  };
}

function asserted(grantId: string, assertion: string): Asked {
  return { headers: FORM, body: exchangeOf(grantId, { client_assertion_type: ASSERTION, client_assertion: assertion }) };
}

/** Taking over a token: by the second agent of the chain for hop 1, the third for hop 2. The tokens before it are fetched beforehand. */
export function byHop(valetUrl: string, agent: BenchAgent, hop: number): Prepare {
  const agents = [agent, ...agent.others];
  const ask = (at: number, subject: Record<string, string>, next?: string) => {
    const { clientId = "", clientSecret = "" } = agents[at] ?? {};
    const body = new URLSearchParams({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      ...subject,
      client_id: clientId,
      client_secret: clientSecret,
      ...(next ? { requested_actor: next } : {}),
    });
    return { headers: FORM, body: body.toString() };
  };
  const given = { subject_token: agent.grantId, subject_token_type: "urn:valet:params:oauth:token-type:grant" };
  const handed = (token: string) => ({ subject_token: token, subject_token_type: "urn:ietf:params:oauth:token-type:access_token" });
  return async (count) => {
    const asked: Asked[] = [];
    while (asked.length < count) {
      let subject: Record<string, string> = given;
      for (let at = 0; at < hop; at += 1) {
        const answer = await fetch(`${valetUrl}/oauth/token`, { method: "POST", ...ask(at, subject, agents[at + 1]?.clientId) });
        subject = handed(((await answer.json()) as { access_token: string }).access_token);
      }
      asked.push(ask(hop, subject));
    }
    return asked;
  };
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
