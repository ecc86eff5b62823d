import * as dpop from "dpop";
import * as oauth from "oauth4webapi";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { setAgentDpop } from "../../lib/agents/setDpop";
import { asActor } from "../../lib/ctx";
import { consentAs } from "../fakes/consent";
import { type Saas, startSaas } from "../fakes/saas";
import { type DropinValet, type Lent, startValet } from "./valet";

const client = { id: "valet", secret: "valet-secret-at-the-saas" };
const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const http = { [oauth.allowInsecureRequests]: true } as const;

let saas: Saas;
let valet: DropinValet;
let lent: Lent;
let server: oauth.AuthorizationServer;
beforeAll(async () => {
  valet = await startValet(async (url) => {
    const redirectUris = [`${url}/connect/demo/callback`];
    const clients = [{ clientId: client.id, clientSecret: client.secret, redirectUris }];
    saas = await startSaas({ clients, people: [{ id: "1", login: "ada", name: "Ada Lovelace" }] });
    const { url: at } = saas;
    const endpoints = { authorizeUrl: `${at}/oauth/authorize`, tokenUrl: `${at}/oauth/token`, revokeUrl: `${at}/oauth/revoke` };
    return {
      connector: "demo",
      connected: ["profile:read", "issues:read", "issues:write"],
      client,
      endpoints: { ...endpoints, accountUrl: `${at}/api/me`, apiBaseUrl: at, issuer: at },
      consent: (authorizeUrl) => consentAs(authorizeUrl, "ada"),
    };
  });
  setClock();
  lent = await valet.lend(["issues:read"]);
  const issuer = new URL(valet.url);
  server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...http }));
});
afterAll(() => Promise.all([valet.close(), saas.close()]));

beforeEach(() => setClock());

/** The clients here have clocks of their own, which go. */
function setClock(): void {
  valet.core.clock.set(new Date());
}

describe("oauth4webapi", () => {
  const asClient = (): oauth.Client => ({ client_id: lent.bot.clientId });
  const exchange = async (handle: oauth.DPoPHandle) => {
    const parameters = { subject_token: lent.grantId, subject_token_type: "urn:valet:params:oauth:token-type:grant" };
    const secret = oauth.ClientSecretBasic(lent.bot.clientSecret);
    const ask = () => oauth.genericTokenEndpointRequest(server, asClient(), secret, EXCHANGE, parameters, { DPoP: handle, ...http });
    const judge = async (answer: Response) => oauth.processGenericTokenEndpointResponse(server, asClient(), answer);
    return { ask, judge };
  };

  it("is told which algorithms are taken", () => {
    expect(server.dpop_signing_alg_values_supported).toEqual(["ES256", "Ed25519", "EdDSA", "PS256", "RS256"]);
  });

  it.each(["ES256", "Ed25519"] as const)(
    "exchanges a grant by %s after one nonce, and calls through the gateway by its key",
    async (alg) => {
      const handle = oauth.DPoP(asClient(), await oauth.generateKeyPair(alg));
      const { ask, judge } = await exchange(handle);
      const first = await judge(await ask()).catch((error: unknown) => error);
      expect(oauth.isDPoPNonceError(first)).toBe(true);
      const token = await judge(await ask());
      expect(token.token_type).toBe("dpop");
      const url = new URL(`${valet.base}/api/issues?state=open`);
      const call = () => oauth.protectedResourceRequest(token.access_token, "GET", url, undefined, undefined, { DPoP: handle, ...http });
      const answer = await call();
      expect([answer.status, (await call()).status]).toEqual([200, 200]);
      const other = oauth.DPoP(asClient(), await oauth.generateKeyPair(alg));
      const stolen = () => oauth.protectedResourceRequest(token.access_token, "GET", url, undefined, undefined, { DPoP: other, ...http });
      await expect(stolen()).rejects.toMatchObject({
        status: 401,
        cause: [{ scheme: "dpop", parameters: { error: "invalid_dpop_proof", algs: "ES256 Ed25519 EdDSA PS256 RS256" } }],
      });
      const bearer = oauth.protectedResourceRequest(token.access_token, "GET", url, undefined, undefined, http);
      await expect(bearer).rejects.toMatchObject({ status: 401, cause: [{ scheme: "dpop", parameters: { error: "invalid_token" } }] });
    },
  );

  it("as a resource server, believes our token with a proof of its key, and with no other", async () => {
    const pair = await oauth.generateKeyPair("ES256", { extractable: true });
    const { ask, judge } = await exchange(oauth.DPoP(asClient(), pair));
    await judge(await ask()).catch(() => undefined);
    const { access_token } = await judge(await ask());
    const url = `${valet.base}/api/issues`;
    const shown = async (by: dpop.KeyPair) => {
      const proof = await dpop.generateProof(by, url, "GET", undefined, access_token);
      const request = new Request(url, { headers: { authorization: `DPoP ${access_token}`, dpop: proof } });
      return oauth.validateJwtAccessToken(server, request, valet.base, http);
    };
    expect(await shown(pair)).toMatchObject({ grant_id: lent.grantId, cnf: { jkt: expect.any(String) } });
    await expect(shown(await dpop.generateKeyPair("ES256"))).rejects.toThrow("JWT Access Token confirmation mismatch");
  });
});

describe("proofs of the dpop package", () => {
  const BY = ["ES256", "PS256"] as const;

  async function token(pair: dpop.KeyPair): Promise<string> {
    const at = `${valet.url}/oauth/token`;
    const form = { grant_type: EXCHANGE, subject_token: lent.grantId, subject_token_type: "urn:valet:params:oauth:token-type:grant" };
    const body = new URLSearchParams({ ...form, client_id: lent.bot.clientId, client_secret: lent.bot.clientSecret });
    const send = async (nonce?: string) =>
      fetch(at, { method: "POST", body, headers: { dpop: await dpop.generateProof(pair, at, "POST", nonce) } });
    const challenged = await send();
    expect([challenged.status, (await challenged.json()).error]).toEqual([400, "use_dpop_nonce"]);
    return (await (await send(challenged.headers.get("dpop-nonce") ?? "")).json()).access_token;
  }

  async function nonce(pair: dpop.KeyPair, accessToken: string): Promise<string> {
    const url = `${valet.base}/api/issues`;
    const proof = await dpop.generateProof(pair, url, "GET", undefined, accessToken);
    const challenged = await fetch(url, { headers: { authorization: `DPoP ${accessToken}`, dpop: proof } });
    expect([challenged.status, (await challenged.json()).code]).toEqual([401, "use_dpop_nonce"]);
    return challenged.headers.get("dpop-nonce") ?? "";
  }

  it.each(BY)("by %s are taken for what they are for, and for nothing else", async (alg) => {
    const pair = await dpop.generateKeyPair(alg);
    const accessToken = await token(pair);
    const ours = await nonce(pair, accessToken);
    const url = `${valet.base}/api/issues`;
    const send = async (proof: Promise<string>, method = "GET") => {
      const answer = await fetch(url, { method, headers: { authorization: `DPoP ${accessToken}`, dpop: await proof } });
      return answer.status === 200 ? 200 : ((await answer.json()) as { reason: string }).reason;
    };
    const other = await dpop.generateKeyPair(alg);
    expect(await send(dpop.generateProof(pair, url, "GET", ours, accessToken))).toBe(200);
    expect(await send(dpop.generateProof(pair, url, "POST", ours, accessToken))).toBe("proof_htm");
    expect(await send(dpop.generateProof(pair, `${valet.base}/api/me`, "GET", ours, accessToken))).toBe("proof_htu");
    expect(await send(dpop.generateProof(pair, url, "GET", "made-up", accessToken))).toBe("nonce_unknown");
    expect(await send(dpop.generateProof(pair, url, "GET", ours))).toBe("proof_ath");
    expect(await send(dpop.generateProof(pair, url, "GET", ours, lent.token))).toBe("proof_ath");
    expect(await send(dpop.generateProof(other, url, "GET", ours, accessToken))).toBe("proof_other_key");
    valet.core.clock.advance({ seconds: 150 });
    expect(await send(dpop.generateProof(pair, url, "GET", ours, accessToken))).toBe("proof_iat");
    valet.core.clock.advance({ seconds: -150 });
    const once = dpop.generateProof(pair, url, "GET", ours, accessToken);
    expect([await send(once), await send(once)]).toEqual([200, "proof_replayed"]);
  });

  it("two headers on one request are refused, as node:http joins them", async () => {
    const pair = await dpop.generateKeyPair("ES256");
    const at = `${valet.url}/oauth/token`;
    const headers = new Headers();
    for (let index = 0; index < 2; index += 1) headers.append("dpop", await dpop.generateProof(pair, at, "POST"));
    const body = new URLSearchParams({ grant_type: EXCHANGE });
    const answer = await fetch(at, { method: "POST", body, headers });
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { error: "invalid_dpop_proof", error_description: "Send one DPoP header, with one proof in it.", reason: "proof_twice" },
    ]);
  });

  it("are asked of an agent whose owner requires them", async () => {
    const own = await valet.lend(["issues:read"], { delivery: "gateway" });
    const call = () => fetch(`${valet.base}/api/issues`, { headers: { authorization: `Bearer ${own.token}` } });
    expect((await call()).status).toBe(200);
    const { ownerId } = await valet.core.db.agent.findUniqueOrThrow({ where: { id: own.bot.agentId } });
    const owner = { kind: "person", personId: ownerId, name: "", email: "", role: "member", via: "browser" } as const;
    await setAgentDpop(asActor(valet.core, owner), { agentId: own.bot.agentId, dpop: "required" });
    expect([(await call()).status, (await (await call()).json()).reason]).toEqual([401, "binding_required"]);
  });
});
