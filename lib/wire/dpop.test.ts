import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addAgentSecret } from "../agents/addSecret";
import { setAgentDpop } from "../agents/setDpop";
import { writingSide } from "../db";
import { createOnce } from "../once";
import {
  accessToken,
  apiToken,
  bearer,
  exchangeForm,
  type Lent,
  lend,
  send,
  usesOf,
  type World,
  watchRows,
  world,
} from "../testing/builders";
import { TEST_ISSUER, type TestCore } from "../testing/core";
import { agent } from "../testing/people";
import { type HeldKey, makeProof, newKey, type ProofWish } from "../testing/proof";
import { freshNonce, NONCE_SECONDS } from "../tokens/dpopNonce";
import { newSecret } from "../tokens/secret";
import { keyOfTokenRequest } from "./dpop";

let here: World;
let lent: Lent;
let key: HeldKey;
let stranger: HeldKey;
beforeAll(async () => {
  here = await world();
  lent = await lend(here, { delivery: "gateway" });
  [key, stranger] = await Promise.all([newKey(), newKey()]);
});
afterAll(() => here.close());

const ALGS = "ES256 Ed25519 EdDSA PS256 RS256";
const NEXT = "Make a proof with the nonce in the DPoP-Nonce header, and send the request again.";

function exchange(proof: string | null, of: Pick<Lent, "bot" | "grantId"> = lent, core: TestCore = here.core): Promise<Response> {
  return send(core, "/oauth/token", { method: "POST", body: exchangeForm(of), headers: proof === null ? {} : { dpop: proof } });
}
const tokenProof = (wish: Partial<ProofWish> = {}, by = key) => makeProof(here.core, by, { path: "/oauth/token", ...wish });

async function boundToken(of: Pick<Lent, "bot" | "grantId"> = lent): Promise<string> {
  const answer = await exchange(await tokenProof(), of);
  return ((await answer.json()) as { access_token: string }).access_token;
}

const CALL = "/proxy/demo/api/issues";
const callProof = (token: string, wish: Partial<ProofWish> = {}, by = key) =>
  makeProof(here.core, by, { method: "GET", path: CALL, token, ...wish });
const call = (authorization: string, proof: string | null, path = CALL, core: TestCore = here.core) =>
  send(core, path, { headers: { authorization, ...(proof === null ? {} : { dpop: proof }) } });

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());

describe("an exchange with a proof", () => {
  it("answers a token of type DPoP that is bound to the key, and one without it a bearer token", async () => {
    const answer = await exchange(await tokenProof());
    const body = await answer.json();
    expect([answer.status, body.token_type, answer.headers.get("dpop-nonce")]).toEqual([200, "DPoP", null]);
    expect(claimsOf(body.access_token)).toMatchObject({
      cnf: { jkt: key.jkt },
      aud: "http://valet.test/proxy/demo",
      grant_id: lent.grantId,
    });
    const plain = await (await exchange(null)).json();
    expect([plain.token_type, claimsOf(plain.access_token).cnf]).toEqual(["Bearer", undefined]);
  });

  it("answers with the next nonce when the one it has is about to end", async () => {
    const nonce = freshNonce(here.core);
    here.core.clock.advance({ seconds: NONCE_SECONDS });
    const answer = await exchange(await tokenProof({ claims: { nonce } }));
    expect([answer.status, answer.headers.get("dpop-nonce")]).toEqual([200, freshNonce(here.core)]);
    expect((await exchange(await tokenProof())).headers.get("dpop-nonce")).toBe(null);
  });

  it("never gives the SaaS's own token, which no key can be bound to; the row says why", async () => {
    const direct = await lend(here, { delivery: "direct" });
    const plain = await (await exchange(null, direct)).json();
    expect([plain.issued_token_type, plain.api_base]).toEqual(["urn:valet:params:oauth:token-type:downstream_access_token", here.saas.url]);
    const body = await (await exchange(await tokenProof(), direct)).json();
    expect(body).toMatchObject({
      token_type: "DPoP",
      issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
      api_base: "http://valet.test/proxy/demo",
    });
    expect(claimsOf(body.access_token).cnf).toEqual({ jkt: key.jkt });
    expect((await usesOf(here.core, direct.grantId)).at(-1)).toMatchObject({
      decision: "allowed",
      delivery: "gateway",
      detail: { fell_back_to_gateway: "bound_to_key" },
    });
  });
});

describe("the token endpoint refuses, without a row,", () => {
  async function refused(proof: string, error: string, reason: string, description: string, core: TestCore = here.core) {
    const { result, left } = await watchRows(here.core, () => exchange(proof, lent, core));
    const next = error === "use_dpop_nonce" ? { next: NEXT } : {};
    expect([result.status, await result.json()]).toEqual([400, { error, error_description: description, reason, ...next }]);
    const told = ["cache-control", "www-authenticate", "dpop-nonce", "ratelimit"].map((name) => result.headers.get(name));
    // Whether a proof was shown before is asked last, of somebody who is proved.
    const counted = reason === "proof_replayed" ? expect.stringContaining('"client"') : null;
    expect(told).toEqual(["no-store", null, error === "use_dpop_nonce" ? freshNonce(core) : null, counted]);
    expect(left).toEqual([]);
  }
  const bad = (proof: string, reason: string, description: string) => refused(proof, "invalid_dpop_proof", reason, description);

  it("a proof for another method or address", async () => {
    await bad(await tokenProof({ method: "GET" }), "proof_htm", "The htm of the DPoP proof is not this request's method.");
    const words = "The htu of the DPoP proof is not this request's address under the public origin, without query and fragment.";
    for (const path of ["/oauth/revoke", "/oauth/token?a=b", "/proxy/demo/api/issues"])
      await bad(await tokenProof({ path }), "proof_htu", words);
  });

  it("a proof for the address that a Host header claims", async () => {
    const proof = await tokenProof({ claims: { htu: "http://evil.test/oauth/token" } });
    const headers = { dpop: proof, host: "evil.test", "x-forwarded-host": "evil.test" };
    const answer = await send(here.core, "/oauth/token", { method: "POST", body: exchangeForm(lent), headers });
    expect([answer.status, (await answer.json()).reason]).toEqual([400, "proof_htu"]);
  });

  it("a proof from too long ago, or from the future", async () => {
    const words = "The iat of the DPoP proof is more than 120 seconds away from now. Set the clock, and make a proof per request.";
    const now = here.core.clock.now().getTime() / 1000;
    for (const iat of [now - 121, now + 121]) await bad(await tokenProof({ claims: { iat } }), "proof_iat", words);
  });

  it("a proof that was shown before, here or to another process", async () => {
    const words = "This DPoP proof was shown before. Make a proof per request, each with its own jti.";
    const proof = await tokenProof();
    expect((await exchange(proof)).status).toBe(200);
    await bad(proof, "proof_replayed", words);
    const second = { ...here.core, once: createOnce(writingSide(here.core.db).pool) };
    await refused(proof, "invalid_dpop_proof", "proof_replayed", words, second);
  });

  it("a proof that shows the private key", async () => {
    const words = "The jwk of the DPoP proof shows a private or shared key. Make a new key, and send its public part alone.";
    await bad(await tokenProof({ header: { jwk: key.privateJwk } }), "proof_key_private", words);
  });

  it("a proof of another type, or unsigned, or by a shared key", async () => {
    await bad(await tokenProof({ header: { typ: "JWT" } }), "proof_typ", "The DPoP proof must have typ dpop+jwt.");
    const words = `Sign the DPoP proof with one of: ${ALGS}.`;
    const [head, body] = (await tokenProof()).split(".") as [string, string];
    for (const alg of ["none", "HS256"]) {
      const other = { ...JSON.parse(Buffer.from(head, "base64url").toString()), alg };
      await bad(`${Buffer.from(JSON.stringify(other)).toString("base64url")}.${body}.`, "proof_alg", words);
    }
  });

  it("a proof whose signature is another key's", async () => {
    const words = "The DPoP proof is not signed by the key in its jwk, or the key is not one for its alg.";
    await bad(await tokenProof({ header: { jwk: stranger.publicJwk } }), "proof_signature", words);
  });

  it("two proofs", async () => {
    await bad(`${await tokenProof()}, ${await tokenProof()}`, "proof_twice", "Send one DPoP header, with one proof in it.");
  });

  it("a proof without a nonce, and one with a nonce of yesterday, with a nonce to use", async () => {
    await refused(
      await tokenProof({ claims: { nonce: undefined } }),
      "use_dpop_nonce",
      "nonce_missing",
      "The DPoP proof needs a nonce of ours.",
    );
    const words = "The nonce of the DPoP proof is not one of ours, or too old.";
    await refused(await tokenProof({ claims: { nonce: "yesterday" } }), "use_dpop_nonce", "nonce_unknown", words);
  });

  it("and a stranger's proofs are not remembered: nobody is proved", async () => {
    const remembered = () => here.core.db.seenOnce.count();
    const before = await remembered();
    const proof = await tokenProof();
    const form = exchangeForm(lent, { client_secret: newSecret("agt") });
    const answer = await send(here.core, "/oauth/token", { method: "POST", body: form, headers: { dpop: proof } });
    expect([answer.status, await remembered()]).toEqual([401, before]);
    expect([(await exchange(proof)).status, await remembered()]).toEqual([200, before + 1]);
  });

  it("and a good proof does not stand in for the secret", async () => {
    const form = exchangeForm(lent, { client_secret: "vlt_agt_wrong" });
    const headers = { dpop: await tokenProof() };
    const answer = await send(here.core, "/oauth/token", { method: "POST", body: form, headers });
    expect([answer.status, await answer.json()]).toEqual([
      401,
      {
        error: "invalid_client",
        error_description: "The agent could not be proved. Check client_id and client_secret.",
        reason: "invalid_client",
      },
    ]);
  });
});

it("a grant type that proves nobody gives no bound token: its proof could be shown again", async () => {
  const proof = await tokenProof();
  const request = new Request(`${TEST_ISSUER}/oauth/token`, { method: "POST", headers: { dpop: proof } });
  const asked = await keyOfTokenRequest(here.core, request, { requestId: "req_test", address: "" });
  expect(() => asked?.requireSpent()).toThrow("A token was bound to a proof that nobody spent.");
  await asked?.proved({ kind: "agent", agentId: lent.bot.agentId, name: "", ownerId: "", credentialId: null });
  expect(() => asked?.requireSpent()).not.toThrow();
  expect(await (await exchange(proof)).json()).toMatchObject({ reason: "proof_replayed" });
});

describe("an agent whose key is required", () => {
  it("gets nothing without a proof, by its row, and a bound token with one", async () => {
    const direct = await lend(here, { delivery: "direct" });
    await setAgentDpop(direct.owner, { agentId: direct.bot.agentId, dpop: "required" });
    const { result, left } = await watchRows(here.core, () => exchange(null, direct));
    expect([result.status, await result.json()]).toEqual([
      400,
      {
        error: "invalid_dpop_proof",
        error_description: "The tokens of this agent are bound to a key of its own, and no key was proved.",
        reason: "binding_required",
        next: "Send a DPoP proof (RFC 9449) with the request.",
      },
    ]);
    expect(left).toMatchObject([{ event: "token.exchange", decision: "refused", reason: "binding_required", agentId: direct.bot.agentId }]);
    const body = await (await exchange(await tokenProof(), direct)).json();
    expect([body.token_type, body.issued_token_type]).toEqual(["DPoP", "urn:ietf:params:oauth:token-type:access_token"]);
  });

  it("can use no unbound token, not even one from before; and may again when it is optional", async () => {
    const own = await lend(here, { delivery: "gateway" });
    const token = await accessToken(here.core, own);
    expect((await call(`Bearer ${token}`, null)).status).toBe(200);
    await setAgentDpop(own.owner, { agentId: own.bot.agentId, dpop: "required" });
    const answer = await call(`Bearer ${token}`, null);
    expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, `DPoP error="invalid_token", algs="${ALGS}"`]);
    expect(await answer.json()).toMatchObject({ code: "invalid_token", reason: "binding_required" });
    await setAgentDpop(own.owner, { agentId: own.bot.agentId, dpop: "optional" });
    expect((await call(`Bearer ${token}`, null)).status).toBe(200);
  });

  it("is its owner's to say, or an admin's; to anybody else there is no such agent", async () => {
    const own = await lend(here);
    const put = async (token: string, dpop: unknown) => {
      const headers = { ...bearer(token), "content-type": "application/json" };
      const answer = await send(here.core, `/api/v1/agents/${own.bot.agentId}/dpop`, {
        method: "PUT",
        headers,
        body: JSON.stringify({ dpop }),
      });
      return [answer.status, await answer.json()] as const;
    };
    const { result, left } = await watchRows(here.core, async () => put(await apiToken(own.owner), "required"));
    expect(result).toMatchObject([200, { id: own.bot.agentId, dpop: "required" }]);
    expect(left.at(-1)).toMatchObject({ event: "agent.set_dpop", agentId: own.bot.agentId, detail: { dpop: "required" } });
    expect(await put(await apiToken(here.admin), "optional")).toMatchObject([200, { dpop: "optional" }]);
    expect(await put(await apiToken(lent.owner), "optional")).toMatchObject([404, { code: "not_found" }]);
    expect(await put(await apiToken(own.owner), "never")).toMatchObject([400, { code: "invalid_request" }]);
  });
});

describe("at the gateway, a bound token", () => {
  it("works with a proof of its key per call, and the proof never goes up", async () => {
    const token = await boundToken();
    const before = here.saas.calls.length;
    for (let index = 0; index < 2; index += 1) {
      const answer = await call(`DPoP ${token}`, await callProof(token), `${CALL}?state=open`);
      expect([answer.status, answer.headers.get("dpop-nonce")]).toEqual([200, null]);
    }
    const calls = here.saas.calls.slice(before).filter(({ path }) => path === "/api/issues");
    expect(calls.map(({ credential, headerNames, foreignSecrets }) => [credential, headerNames.includes("dpop"), foreignSecrets])).toEqual([
      ["live", false, []],
      ["live", false, []],
    ]);
  });

  it("gets the next nonce with an answer when the one it has is about to end", async () => {
    const nonce = freshNonce(here.core);
    here.core.clock.advance({ seconds: NONCE_SECONDS });
    const token = await boundToken();
    const answer = await call(`DPoP ${token}`, await callProof(token, { claims: { nonce } }));
    expect([answer.status, answer.headers.get("dpop-nonce")]).toEqual([200, freshNonce(here.core)]);
  });

  /** This problem and no other, this challenge, one row of the agent, and nothing at the SaaS. */
  async function refused(work: () => Promise<Response>, code: string, reason: string, detail: string) {
    const before = here.saas.calls.length;
    const { result, left } = await watchRows(here.core, work);
    const title =
      { invalid_token: "The token does not open this", invalid_dpop_proof: "The token's key was not proved" }[code] ??
      "The proof needs a nonce";
    const wantsNonce = code === "use_dpop_nonce";
    expect([result.status, await result.json()]).toEqual([
      401,
      {
        type: `http://valet.test/docs/errors#${code}`,
        title,
        status: 401,
        detail,
        message: detail,
        error: { code, message: detail },
        code,
        reason,
        ...(wantsNonce ? { next: NEXT } : {}),
        request_id: "req_test",
      },
    ]);
    const challenge = reason === "token_unbound" ? `Bearer realm="valet", error="invalid_token"` : `DPoP error="${code}", algs="${ALGS}"`;
    expect(result.headers.get("www-authenticate")).toBe(challenge);
    expect(result.headers.get("dpop-nonce")).toBe(wantsNonce ? freshNonce(here.core) : null);
    expect(result.headers.get("cache-control")).toBe("no-store");
    expect(here.saas.calls.length).toBe(before);
    expect(left).toMatchObject([{ event: "gateway.call", decision: "refused", reason, agentId: lent.bot.agentId, reasonText: detail }]);
  }

  it("is worth nothing as a bearer, with or without a proof, or as a password", async () => {
    const token = await boundToken();
    const words = "This access token is bound to a key. Send it as Authorization: DPoP ..., with a proof in the DPoP header.";
    const basic = `Basic ${Buffer.from(`x:${token}`).toString("base64")}`;
    for (const authorization of [`Bearer ${token}`, `token ${token}`, basic]) {
      await refused(() => call(authorization, null), "invalid_token", "token_bound", words);
      const proof = await callProof(token);
      await refused(() => call(authorization, proof), "invalid_token", "token_bound", words);
    }
  });

  it("is worth nothing without a proof, or with two", async () => {
    const token = await boundToken();
    const missing = "Send one DPoP header with a proof for this request.";
    await refused(() => call(`DPoP ${token}`, null), "invalid_dpop_proof", "proof_missing", missing);
    const two = `${await callProof(token)}, ${await callProof(token)}`;
    await refused(() => call(`DPoP ${token}`, two), "invalid_dpop_proof", "proof_twice", "Send one DPoP header, with one proof in it.");
  });

  it("is worth nothing with another key's proof, or a proof for another token", async () => {
    const token = await boundToken();
    const other = await callProof(token, {}, stranger);
    const key = "The DPoP proof is by another key than the one this access token is bound to.";
    await refused(() => call(`DPoP ${token}`, other), "invalid_dpop_proof", "proof_other_key", key);
    const words = "The ath of the DPoP proof is not the hash of this access token.";
    const wrong = [await callProof(token, { claims: { ath: undefined } }), await callProof(await boundToken())];
    for (const proof of wrong) await refused(() => call(`DPoP ${token}`, proof), "invalid_dpop_proof", "proof_ath", words);
  });

  it("is worth nothing with a proof for another call, time, or already shown", async () => {
    const token = await boundToken();
    const bad = async (wish: Partial<ProofWish>, reason: string, words: string) => {
      const proof = await callProof(token, wish);
      await refused(() => call(`DPoP ${token}`, proof), "invalid_dpop_proof", reason, words);
    };
    await bad({ method: "POST" }, "proof_htm", "The htm of the DPoP proof is not this request's method.");
    const address = "The htu of the DPoP proof is not this request's address under the public origin, without query and fragment.";
    await bad({ path: "/proxy/demo/api/me" }, "proof_htu", address);
    await bad({ path: "/oauth/token" }, "proof_htu", address);
    const now = here.core.clock.now().getTime() / 1000;
    const time = "The iat of the DPoP proof is more than 120 seconds away from now. Set the clock, and make a proof per request.";
    for (const iat of [now - 121, now + 121]) await bad({ claims: { iat } }, "proof_iat", time);
    const proof = await callProof(token);
    expect((await call(`DPoP ${token}`, proof)).status).toBe(200);
    const shown = "This DPoP proof was shown before. Make a proof per request, each with its own jti.";
    await refused(() => call(`DPoP ${token}`, proof), "invalid_dpop_proof", "proof_replayed", shown);
    const second = { ...here.core, once: createOnce(writingSide(here.core.db).pool) };
    await refused(() => call(`DPoP ${token}`, proof, CALL, second), "invalid_dpop_proof", "proof_replayed", shown);
  });

  it("is worth nothing with a proof that is no proof", async () => {
    const token = await boundToken();
    const bad = async (wish: Partial<ProofWish>, reason: string, words: string) => {
      const proof = await callProof(token, wish);
      await refused(() => call(`DPoP ${token}`, proof), "invalid_dpop_proof", reason, words);
    };
    await bad({ header: { typ: "at+jwt" } }, "proof_typ", "The DPoP proof must have typ dpop+jwt.");
    const shown = "The jwk of the DPoP proof shows a private or shared key. Make a new key, and send its public part alone.";
    await bad({ header: { jwk: key.privateJwk } }, "proof_key_private", shown);
    await refused(() => call(`DPoP ${token}`, token), "invalid_dpop_proof", "proof_typ", "The DPoP proof must have typ dpop+jwt.");
  });

  it("is challenged for a nonce, and works with it", async () => {
    const token = await boundToken();
    const proof = await callProof(token, { claims: { nonce: undefined } });
    await refused(() => call(`DPoP ${token}`, proof), "use_dpop_nonce", "nonce_missing", "The DPoP proof needs a nonce of ours.");
    expect((await call(`DPoP ${token}`, await callProof(token))).status).toBe(200);
  });

  it("and one that is bound to nothing, or a person's own, is refused by the DPoP scheme", async () => {
    const token = await accessToken(here.core, lent);
    const words = "This token is bound to no key. Send it as Authorization: Bearer ...";
    const proof = await callProof(token);
    await refused(() => call(`DPoP ${token}`, proof), "invalid_token", "token_unbound", words);
    const pat = await call(`DPoP ${await apiToken(lent.owner)}`, null);
    expect([pat.status, await pat.json()]).toMatchObject([401, { code: "invalid_token", reason: "token_unbound", detail: words }]);
  });
});

it("a renewed secret does not unbind what was bound", async () => {
  const bot = await agent(here.core, lent.owner);
  const own = await lend(here, { delivery: "gateway" }, bot);
  const token = await boundToken(own);
  await addAgentSecret(lent.owner, { agentId: bot.agentId });
  expect((await call(`Bearer ${token}`, null)).status).toBe(401);
  expect((await call(`DPoP ${token}`, await callProof(token))).status).toBe(200);
});
