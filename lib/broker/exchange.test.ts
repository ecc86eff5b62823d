import { decodeJwt, decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { writingSide } from "../db";
import { mintGrant } from "../grants/mint";
import {
  accessToken,
  apiToken,
  bearer,
  call,
  exchangeForm,
  exchangeGrant,
  lend,
  send,
  usesOf,
  type World,
  watchRows,
  world,
} from "../testing/builders";
import { agent } from "../testing/people";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());
beforeEach(() => here.core.clock.advance({ minutes: 1 }));

const upstream = (token: string, path: string, method = "GET") => fetch(`${here.saas.url}${path}`, { method, headers: bearer(token) });
const exchangeAs = (token: string, form: Record<string, string>) =>
  send(here.core, "/oauth/token", {
    method: "POST",
    headers: bearer(token),
    body: new URLSearchParams({ grant_type: "urn:ietf:params:oauth:grant-type:token-exchange", ...form }),
  });
const connectionForm = (id: string) => ({
  subject_token: id,
  subject_token_type: "urn:valet:params:oauth:token-type:connection",
});
const grantForm = (id: string) => ({ subject_token: id, subject_token_type: "urn:valet:params:oauth:token-type:grant" });

describe("an agent that exchanges a grant", () => {
  it("gets the SaaS's own token where the SaaS narrows, and the SaaS itself refuses the write", async () => {
    const lent = await lend(here);
    const answer = await exchangeGrant(here.core, lent);
    expect(answer.status).toBe(200);
    expect([answer.headers.get("cache-control"), answer.headers.get("content-type")]).toEqual(["no-store", "application/json"]);
    const body = await answer.json();
    expect(body).toEqual({
      access_token: expect.stringMatching(/^saas_at_/),
      issued_token_type: "urn:valet:params:oauth:token-type:downstream_access_token",
      token_type: "Bearer",
      expires_in: 600,
      scope: "issues:read",
      grant_id: lent.grantId,
      connection_id: lent.connectionId,
      use_id: expect.stringMatching(/^use_/),
      narrowed_by: "provider",
      pattern: "delegated",
      api_base: here.saas.url,
    });
    expect((await upstream(body.access_token, "/api/issues")).status).toBe(200);
    expect((await upstream(body.access_token, "/api/issues/1", "DELETE")).status).toBe(403);
    expect((await upstream(body.access_token, "/api/files")).status).toBe(403);
  });

  it("leaves a row with both principals, what was lent, and how", async () => {
    const lent = await lend(here);
    const { left } = await watchRows(here.core, async () => {
      const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
      const init = { method: "POST", headers: { traceparent }, body: exchangeForm(lent, { run_id: "run-7" }) };
      expect((await send(here.core, "/oauth/token", init)).status).toBe(200);
    });
    const person = { kind: "person", id: lent.owner.actor.personId, name: "Ada Lovelace" };
    expect(left.filter((row) => row.kind === "use")).toMatchObject([
      {
        event: "token.exchange",
        acting: "agent",
        personId: lent.owner.actor.personId,
        ownerId: lent.owner.actor.personId,
        agentId: lent.bot.agentId,
        grantId: lent.grantId,
        connectionId: lent.connectionId,
        connector: "demo",
        target: "Demo Tracker: ada",
        decision: "allowed",
        reason: "within_grant",
        scopes: ["issues:read"],
        delivery: "direct",
        narrowedBy: "provider",
        pattern: "delegated",
        chain: [person, { kind: "agent", id: lent.bot.agentId, name: "Triage bot" }],
        runIdClaimed: "run-7",
        runIdVerified: "run-7",
        traceId: "0af7651916cd43dd8448eb211c80319c",
        requestId: "req_test",
      },
    ]);
    const shown = left.find((row) => row.event === "lent_token.create");
    expect(shown).toMatchObject({ acting: "system", ownerId: lent.owner.actor.personId, grantId: lent.grantId, scopes: ["issues:read"] });
    expect(JSON.stringify(left)).not.toMatch(/saas_|vlt_|eyJ/);
  });

  it("may ask for a part, which gets a token of its own; the same part again gets the same token", async () => {
    const lent = await lend(here, { scopes: ["issues:read", "files:read"] });
    const both = await accessToken(here.core, lent);
    const part = await accessToken(here.core, lent, { scope: "files:read" });
    expect(part).not.toBe(both);
    expect((await upstream(part, "/api/issues")).status).toBe(403);
    expect((await upstream(both, "/api/issues")).status).toBe(200);
    here.core.clock.advance({ minutes: 5 });
    const again = await (await exchangeGrant(here.core, lent, { scope: "files:read" })).json();
    expect(again).toMatchObject({ access_token: part, expires_in: 300, scope: "files:read" });
  });

  it("may say where, if it is where the grant leads", async () => {
    const lent = await lend(here);
    for (const resource of [here.saas.url, `${here.saas.url}/`])
      expect((await exchangeGrant(here.core, lent, { resource })).status).toBe(200);
    for (const audience of ["demo", here.saas.url, `${here.saas.url}/`])
      expect((await exchangeGrant(here.core, lent, { audience })).status).toBe(200);
  });

  it("proves itself by Basic as well, with both halves form-encoded", async () => {
    const lent = await lend(here);
    const form = exchangeForm(lent, { client_id: "", client_secret: "" });
    const basic = Buffer.from(`${encodeURIComponent(lent.bot.clientId)}:${encodeURIComponent(lent.bot.clientSecret)}`).toString("base64");
    const headers = { authorization: `Basic ${basic}` };
    expect((await send(here.core, "/oauth/token", { method: "POST", headers, body: form })).status).toBe(200);
  });

  it("says its run id in the form or in baggage, the form first, and nothing that is no run id is kept", async () => {
    const lent = await lend(here);
    const ask = (headers: Record<string, string>, more: Record<string, string> = {}) =>
      send(here.core, "/oauth/token", { method: "POST", headers, body: exchangeForm(lent, more) });
    await ask({ baggage: "other=1, valet.run_id=run%2D8;p=1" });
    await ask({ baggage: "valet.run_id=run-9" }, { run_id: "run-10" });
    await ask({ baggage: "valet.run_id=%0d%0aevil" }, { run_id: "a b" });
    await ask({ traceparent: "00-00000000000000000000000000000000-b7ad6b7169203331-01" }, { run_id: "x".repeat(129) });
    const told = (await usesOf(here.core, lent.grantId)).map((row) => [row.runIdClaimed, row.traceId]);
    expect(told).toEqual([
      ["run-8", null],
      ["run-10", null],
      [null, null],
      [null, null],
    ]);
  });
});

describe("a gateway token", () => {
  it("is a Valet JWT that says who acts for whom, where, and ends within fifteen minutes", async () => {
    const lent = await lend(here, { delivery: "gateway" });
    const body = await (await exchangeGrant(here.core, lent, { run_id: "run-7" })).json();
    expect(body).toMatchObject({
      issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
      token_type: "Bearer",
      expires_in: 900,
      api_base: "http://valet.test/proxy/demo",
    });
    const now = here.core.clock.now().getTime() / 1000;
    expect(decodeProtectedHeader(body.access_token)).toEqual({ alg: "ES256", typ: "at+jwt", kid: "test" });
    expect(decodeJwt(body.access_token)).toEqual({
      iss: "http://valet.test",
      sub: lent.owner.actor.personId,
      act: { sub: lent.bot.agentId },
      aud: "http://valet.test/proxy/demo",
      client_id: lent.bot.agentId,
      scope: "issues:read",
      jti: body.use_id,
      iat: now,
      exp: now + 900,
      grant_id: lent.grantId,
      connection_id: lent.connectionId,
      run_id: "run-7",
    });
  });

  it("never outlives the grant", async () => {
    const lent = await lend(here, { delivery: "gateway", lifetime: "1h" });
    here.core.clock.advance({ minutes: 59, seconds: 30 });
    const { access_token, expires_in } = await (await exchangeGrant(here.core, lent)).json();
    expect(expires_in).toBe(30);
    const grant = await here.core.db.grant.findUniqueOrThrow({ where: { id: lent.grantId } });
    expect(decodeJwt(access_token).exp).toBe(grant.expiresAt.getTime() / 1000);
    expect((await call(here.core, access_token, "/api/issues")).status).toBe(200);
    here.core.clock.advance({ seconds: 30 });
    const late = await call(here.core, access_token, "/api/issues");
    expect([late.status, (await late.json()).reason]).toEqual([401, "token_expired"]);
  });
});

describe("a person with their own API token", () => {
  it("exchanges a connection for all it holds, and the row says person", async () => {
    const { owner, connectionId } = await lend(here);
    const token = await apiToken(owner);
    const { result, left } = await watchRows(here.core, async () => (await exchangeAs(token, connectionForm(connectionId))).json());
    expect(result).toEqual({
      access_token: expect.stringMatching(/^eyJ/),
      issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
      token_type: "Bearer",
      expires_in: 900,
      scope: "profile:read issues:read files:read issues:comment issues:write files:write",
      connection_id: connectionId,
      use_id: expect.stringMatching(/^use_/),
      narrowed_by: "gateway",
      pattern: "self",
      api_base: "http://valet.test/proxy/demo",
    });
    const claims = decodeJwt(result.access_token);
    expect(claims).toMatchObject({ sub: owner.actor.personId, client_id: owner.actor.personId });
    expect(claims).not.toHaveProperty("act");
    const self = { kind: "person", id: owner.actor.personId, name: "Ada Lovelace" };
    expect(left.filter((row) => row.kind === "use")).toMatchObject([
      { acting: "person", personId: self.id, ownerId: self.id, agentId: null, grantId: null, connectionId, pattern: "self", chain: [self] },
    ]);
    const done = await call(here.core, result.access_token, "/api/issues/1/comments", { method: "POST", body: '{"body":"mine"}' });
    expect(done.status).toBe(201);
  });

  it("exchanges a grant they lent, no wider than its agent could, also while that agent is paused", async () => {
    const { owner, grantId, bot } = await lend(here);
    await writingSide(here.core.db).prisma.agent.update({ where: { id: bot.agentId }, data: { status: "paused" } });
    const answer = await exchangeAs(await apiToken(owner), grantForm(grantId));
    expect(await answer.json()).toMatchObject({ scope: "issues:read", grant_id: grantId, narrowed_by: "provider" });
    const self = { kind: "person", id: owner.actor.personId, name: "Ada Lovelace" };
    expect(await usesOf(here.core, grantId)).toMatchObject([
      { acting: "person", personId: self.id, agentId: null, decision: "allowed", chain: [self] },
    ]);
  });
});

describe("no answer", () => {
  it("of an exchange holds a refresh token or an account's own access token", async () => {
    const lent = await lend(here, { scopes: ["issues:read", "issues:comment"] });
    const other = await agent(here.core, lent.owner);
    const direct = await mintGrant(lent.owner, { agentId: other.agentId, connectionId: lent.connectionId, lifetime: "1h" });
    const answers = await Promise.all([
      exchangeGrant(here.core, lent),
      exchangeGrant(here.core, { bot: other, grantId: direct.grantId }),
      exchangeAs(await apiToken(lent.owner), connectionForm(lent.connectionId)),
      exchangeAs(await apiToken(lent.owner), grantForm(direct.grantId)),
    ]);
    for (const answer of answers) {
      const text = await answer.text();
      expect(answer.status).toBe(200);
      expect(text).not.toMatch(/refresh_token|saas_rt_/);
      const token = (JSON.parse(text) as { access_token: string }).access_token;
      if (!token.startsWith("saas_")) continue;
      expect((await upstream(token, "/api/issues/1", "DELETE")).status).toBe(403);
    }
  });
});
