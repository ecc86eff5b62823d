import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { setAgentDpop } from "../agents/setDpop";
import { pauseAgent } from "../agents/status";
import { mintGrant } from "../grants/mint";
import { revokeGrant } from "../grants/revoke";
import { apiToken, bearer, type Lent, lend, send, type World, world } from "../testing/builders";
import { TEST_ISSUER } from "../testing/core";
import { agent, person } from "../testing/people";
import { type HeldKey, makeProof, newKey } from "../testing/proof";
import { newSecret } from "../tokens/secret";

let here: World;
let lent: Lent;
beforeAll(async () => {
  here = await world();
  lent = await lend(here, { scopes: ["issues:read", "issues:comment"] }, await agent(here.core, await person(here.core)));
});
afterAll(() => here.close());

const ask = (headers: Record<string, string>) => send(here.core, "/api/v1/agent/access", { headers });
const basic = (id: string, secret: string) => ({ authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}` });

describe("an agent that asks what it may do", () => {
  it("is told what, until when, for whom, how and where; by Basic or with its secret as bearer", async () => {
    const answer = await ask(bearer(lent.bot.clientSecret));
    const body = await answer.json();
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([200, "no-store"]);
    expect(body).toMatchObject({
      agent: { id: lent.bot.agentId, name: "Triage bot", status: "active" },
      token_endpoint: "http://valet.test/oauth/token",
      access: [
        {
          grant_id: lent.grantId,
          connector: "demo",
          account: "ada",
          on_behalf_of: { id: lent.owner.actor.personId, name: "Ada Lovelace" },
          access: "write",
          scopes: ["issues:read", "issues:comment"],
          delivery: "gateway",
          narrowed_by: "gateway",
          api_base: "http://valet.test/proxy/demo",
          expires_at: new Date(here.core.clock.now().getTime() + 8 * 3_600_000).toISOString(),
          state: "live",
        },
      ],
    });
    expect(await (await ask(basic(lent.bot.clientId, lent.bot.clientSecret))).json()).toEqual(body);
  });

  it("sees its own grants alone, without those that have ended, and why one gives nothing right now", async () => {
    const input = { agentId: lent.bot.agentId, connectionId: lent.connectionId, lifetime: "1h" as const };
    const { grantId } = await mintGrant(lent.owner, input);
    await revokeGrant(lent.owner, { grantId });
    await lend(here);
    await pauseAgent(here.admin, { agentId: lent.bot.agentId });
    const { access } = await (await ask(bearer(lent.bot.clientSecret))).json();
    expect(access).toMatchObject([{ grant_id: lent.grantId, state: "paused", why: "This agent is paused." }]);
    here.core.clock.advance({ hours: 8 });
    expect(await (await ask(bearer(lent.bot.clientSecret))).json()).toMatchObject({ access: [] });
  });

  it("is told nothing when it is not proved: a person's token is no agent's", async () => {
    const pat = await apiToken(lent.owner);
    const other = await agent(here.core, lent.owner);
    for (const headers of [
      {},
      bearer(newSecret("agt")),
      bearer(pat),
      bearer("x"),
      basic(lent.bot.clientId, other.clientSecret),
      basic("x", "y"),
      { authorization: "Basic" },
    ] as Record<string, string>[]) {
      const answer = await ask(headers);
      expect([answer.status, (await answer.json()).code]).toEqual([401, "invalid_client"]);
    }
  });
});

describe("an agent whose tokens are bound to its key", () => {
  const path = "/api/v1/agent/access";
  async function ownToken(proof?: string): Promise<string> {
    const body = new URLSearchParams({ grant_type: "client_credentials", resource: TEST_ISSUER });
    const headers = { ...basic(bound.clientId, bound.clientSecret), ...(proof ? { dpop: proof } : {}) };
    return (await (await send(here.core, "/oauth/token", { method: "POST", body, headers })).json()).access_token;
  }
  let bound: Lent["bot"];
  let key: HeldKey;
  beforeAll(async () => {
    bound = await agent(here.core, await person(here.core));
    key = await newKey();
  });

  it("asks by that key, once for each proof, and with none or another's key is told nothing", async () => {
    const token = await ownToken(await makeProof(here.core, key, { path: "/oauth/token" }));
    const proof = await makeProof(here.core, key, { method: "GET", path, token });
    const answer = await ask({ authorization: `DPoP ${token}`, dpop: proof });
    expect([answer.status, (await answer.json()).agent?.id]).toEqual([200, bound.agentId]);
    const others = await makeProof(here.core, await newKey(), { method: "GET", path, token });
    const elsewhere = await makeProof(here.core, key, { method: "GET", path: "/proxy/demo/api/issues", token });
    for (const headers of [
      { authorization: `DPoP ${token}`, dpop: proof },
      { authorization: `DPoP ${token}`, dpop: others },
      { authorization: `DPoP ${token}`, dpop: elsewhere },
      { authorization: `DPoP ${token}` },
      bearer(token),
    ] as Record<string, string>[]) {
      const refused = await ask(headers);
      expect([refused.status, refused.headers.get("www-authenticate")?.split(" ")[0]]).toEqual([401, "DPoP"]);
    }
  });

  it("has no use for a token that is bound to none, once its owner said that all must be", async () => {
    const token = await ownToken();
    expect((await ask(bearer(token))).status).toBe(200);
    expect((await ask({ authorization: `DPoP ${token}` })).status).toBe(401);
    await setAgentDpop(here.admin, { agentId: bound.agentId, dpop: "required" });
    const refused = await ask(bearer(token));
    expect([refused.status, (await refused.json()).reason]).toEqual([401, "binding_required"]);
  });
});

describe("what anybody may ask", () => {
  it("is the metadata, the keys, and whether it is alive and ready", async () => {
    const get = async (path: string) => (await send(here.core, path)).json();
    expect(await get("/.well-known/oauth-authorization-server")).toMatchObject({
      issuer: "http://valet.test",
      token_endpoint: "http://valet.test/oauth/token",
      jwks_uri: "http://valet.test/oauth/jwks",
      grant_types_supported: expect.arrayContaining(["urn:ietf:params:oauth:grant-type:token-exchange", "client_credentials"]),
    });
    const { keys } = await get("/oauth/jwks");
    expect(keys).toMatchObject([{ kty: "EC", crv: "P-256", alg: "ES256", use: "sig", kid: "test" }]);
    expect(JSON.stringify(keys)).not.toContain('"d"');
    expect([await get("/healthz"), await get("/readyz")]).toEqual([{ status: "alive" }, { status: "ready" }]);
    expect(await get("/api/v1/openapi.json")).toMatchObject({ openapi: "3.1.0" });
  });
});
