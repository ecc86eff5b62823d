import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Profile } from "../../e2e/fakes/profile";
import { accessToken, bearer, call, connect, exchangeGrant, lend, usesOf, type World, world } from "../testing/builders";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());
const STRICT: Partial<Profile> = { scopeOnRefresh: "narrow", omitScope: false, refreshKillsAccess: false };
afterEach(() => here.saas.control.behave(STRICT));

const alive = () => here.saas.control.tokens().filter((token) => token.kind === "access");

/** What an agent got instead, and that the row says why. */
async function fellBack(profile: Partial<Profile>, why: string) {
  const lent = await lend(here);
  here.saas.control.behave(profile);
  const answer = await exchangeGrant(here.core, lent);
  const body = await answer.json();
  expect(body).toMatchObject({
    access_token: expect.stringMatching(/^eyJ/),
    issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
    scope: "issues:read",
    api_base: "http://valet.test/proxy/demo",
  });
  expect(JSON.stringify(body)).not.toContain("saas_");
  expect(await usesOf(here.core, lent.grantId)).toMatchObject([
    { decision: "allowed", delivery: "gateway", scopes: ["issues:read"], detail: { fell_back_to_gateway: why } },
  ]);
  expect(await here.core.db.lentToken.count({ where: { grantId: lent.grantId } })).toBe(0);
  const read = await call(here.core, body.access_token, "/api/issues");
  const write = await call(here.core, body.access_token, "/api/issues/1", { method: "DELETE" });
  expect([read.status, write.status]).toEqual([200, 403]);
  return body;
}

describe("a token of the SaaS is not handed out", () => {
  it("when the SaaS answered with more than was asked: the gateway holds the agent to it, and says so", async () => {
    expect(await fellBack({ scopeOnRefresh: "wider" }, "wider_than_asked")).toMatchObject({ narrowed_by: "gateway" });
  });

  it("when the SaaS took no notice of the scope", async () => {
    expect(await fellBack({ scopeOnRefresh: "ignore" }, "wider_than_asked")).toMatchObject({ narrowed_by: "gateway" });
  });

  it("when the SaaS does not say what the token opens", async () => {
    expect(await fellBack({ omitScope: true }, "scope_not_told")).toMatchObject({ narrowed_by: "gateway" });
  });

  it("when it has no end", async () => {
    const { behave } = here.saas.control;
    expect(await fellBack({ accessTokenSeconds: null }, "without_end")).toMatchObject({ narrowed_by: "gateway" });
    behave({ accessTokenSeconds: 600 });
  });

  it("when it would live for longer than an hour", async () => {
    await fellBack({ accessTokenSeconds: 3601 }, "outlives_grant");
    here.saas.control.behave({ accessTokenSeconds: 600 });
  });

  it("when it would outlive the grant; and then none is even asked for", async () => {
    const lent = await lend(here, { lifetime: "1h" });
    here.core.clock.advance({ minutes: 50 });
    expect((await exchangeGrant(here.core, lent)).status).toBe(200);
    here.core.clock.advance({ seconds: 541 });
    const [tokens, calls] = [alive().length, here.saas.calls.length];
    const body = await (await exchangeGrant(here.core, lent)).json();
    expect(body).toMatchObject({ access_token: expect.stringMatching(/^eyJ/), expires_in: 59 });
    expect([alive().length, here.saas.calls.length]).toEqual([tokens, calls]);
    const [first, second] = await usesOf(here.core, lent.grantId);
    const token = { audience: expect.any(String), ends_at: expect.any(String) };
    expect([first?.delivery, first?.detail]).toEqual(["direct", { token }]);
    expect([second?.delivery, second?.detail]).toEqual(["gateway", { fell_back_to_gateway: "outlives_grant", token }]);
  });

  it("when the SaaS refuses to narrow: the agent is told, and nothing leaves", async () => {
    const lent = await lend(here);
    here.saas.control.behave({ scopeOnRefresh: "refuse" });
    const answer = await exchangeGrant(here.core, lent);
    expect([answer.status, (await answer.json()).reason]).toEqual([503, "provider_refused"]);
    expect(await usesOf(here.core, lent.grantId)).toMatchObject([{ decision: "refused", reason: "provider_refused" }]);
  });

  it("when a reconnect took away what the grant was minted on", async () => {
    const lent = await lend(here, { scopes: ["issues:read", "issues:write"] });
    await connect(lent.owner, { connectionId: lent.connectionId, scopes: ["profile:read", "issues:read"] });
    const body = await (await exchangeGrant(here.core, lent)).json();
    expect(body).toMatchObject({ scope: "issues:read", narrowed_by: "provider" });
    const write = await fetch(`${here.saas.url}/api/issues/1`, { method: "DELETE", headers: bearer(body.access_token) });
    expect(write.status).toBe(403);
  });
});

describe("a token that was handed out", () => {
  it("is the agent's alone: two agents on one connection never share one", async () => {
    const first = await lend(here);
    const second = await lend(here);
    expect(await accessToken(here.core, first)).not.toBe(await accessToken(here.core, second));
  });

  it("is never the one the gateway uses, and that one never leaves", async () => {
    const lent = await lend(here, { delivery: "gateway" });
    const answer = await call(here.core, await accessToken(here.core, lent), "/api/issues");
    expect(answer.status).toBe(200);
    expect(here.saas.calls.at(-1)).toMatchObject({ scopes: ["issues:read"], credential: "live" });
    expect(await here.core.db.lentToken.findMany({ where: { grantId: lent.grantId } })).toMatchObject([{ handedAt: null }]);
  });

  it("is kept sealed", async () => {
    const lent = await lend(here);
    const token = await accessToken(here.core, lent);
    const [record] = await here.core.db.lentToken.findMany({ where: { grantId: lent.grantId } });
    expect(JSON.stringify(record)).not.toContain(token);
    expect(record?.sealedAccess).not.toContain(token.slice(8, 20));
  });
});
