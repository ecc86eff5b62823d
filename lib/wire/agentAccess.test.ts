import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pauseAgent } from "../agents/status";
import { mintGrant } from "../grants/mint";
import { revokeGrant } from "../grants/revoke";
import { apiToken, bearer, type Lent, lend, send, type World, world } from "../testing/builders";
import { agent, person } from "../testing/people";
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
