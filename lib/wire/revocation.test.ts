import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { accessToken, apiToken, bearer, call, type Lent, lend, send, usesOf, type World, watchRows, world } from "../testing/builders";
import { type Band, band, claimsOf, handOn, tokensAlong } from "../testing/chains";
import { TEST_START } from "../testing/clock";
import { lentTokenOf } from "../testing/lentToken";
import { agent, person, type SeededAgent } from "../testing/people";
import { CLI, signInAtTerminal } from "../testing/terminal";
import { newSecret } from "../tokens/secret";

let here: World;
beforeAll(async () => {
  here = await world();
});
beforeEach(() => here.core.clock.set(TEST_START));
afterEach(() => {
  here.saas.control.release();
  here.saas.control.repair();
});
afterAll(() => here.close());

const post = (form: Record<string, string>, headers: Record<string, string> = {}) =>
  send(here.core, "/oauth/revoke", { method: "POST", body: new URLSearchParams(form), headers });
const proofOf = ({ clientId, clientSecret }: SeededAgent) => ({ client_id: clientId, client_secret: clientSecret });
const revoke = (bot: SeededAgent, token: string, more: Record<string, string> = {}) => post({ token, ...proofOf(bot), ...more });
const stranger = async () => agent(here.core, await person(here.core));
const at = (of: Band, index: number) => of.agents[index] as SeededAgent;
const issues = (token: string) => call(here.core, token, "/api/issues");
const told = async (answer: Response) => [answer.status, (await answer.json()).reason];
const heard = () => here.saas.calls.filter((one) => one.path.startsWith("/api/issues")).length;
/** What the SaaS itself says to a token of its own. */
const atSaas = async (token: string) => (await fetch(`${here.saas.url}/api/issues`, { headers: bearer(token) })).status;

/** The one answer of RFC 7009 section 2.2, whatever became of the token. */
async function expectDone(answer: Response): Promise<void> {
  expect([answer.status, answer.headers.get("cache-control"), await answer.text()]).toEqual([200, "no-store", ""]);
}

/** Somebody tries: the answer is the same as for what was ended, and nothing is written anywhere. */
async function expectNothing(work: () => Promise<Response>): Promise<void> {
  const { result, left } = await watchRows(here.core, work);
  await expectDone(result);
  expect(left).toEqual([]);
}

describe("an agent's token of a grant that its agent ends", () => {
  it("opens nothing with the next call; another of the same grant does; the row says who", async () => {
    const lent = await lend(here, { delivery: "gateway" });
    const [token, other] = [await accessToken(here.core, lent), await accessToken(here.core, lent)];
    expect((await issues(token)).status).toBe(200);
    const { result, left } = await watchRows(here.core, () => revoke(lent.bot, token, { token_type_hint: "refresh_token" }));
    await expectDone(result);
    expect(left.map(({ event }) => event)).toEqual(["token.revoke", "lent_token.end"]);
    expect(left[0]).toMatchObject({
      acting: "agent",
      agentId: lent.bot.agentId,
      ownerId: lent.owner.actor.personId,
      grantId: lent.grantId,
      target: "Access token",
      detail: { jti: claimsOf(token).jti },
    });
    expect(JSON.stringify(left)).not.toMatch(/eyJ|saas_|vlt_/);
    const before = heard();
    expect(await told(await issues(token))).toEqual([401, "token_revoked"]);
    expect(heard()).toBe(before);
    expect((await issues(other)).status).toBe(200);
  });

  it("has what the gateway kept for its grant ended at the SaaS", async () => {
    const lent = await lend(here, { delivery: "gateway" });
    const token = await accessToken(here.core, lent);
    expect((await issues(token)).status).toBe(200);
    const kept = await lentTokenOf(here.core, lent.grantId);
    expect(await atSaas(kept)).toBe(200);
    await expectDone(await revoke(lent.bot, token));
    expect(await atSaas(kept)).toBe(401);
    expect(await here.core.db.lentToken.findMany({ where: { grantId: lent.grantId } })).toMatchObject([{ ending: "ended" }]);
  });

  it("is not used by a call that was read before it was ended", async () => {
    const lent = await lend(here, { delivery: "gateway" });
    const token = await accessToken(here.core, lent);
    here.saas.control.hold();
    const before = heard();
    const pending = issues(token);
    await here.saas.control.held(1);
    await expectDone(await revoke(lent.bot, token));
    here.saas.control.release();
    expect((await told(await pending))[1]).toBe("token_revoked");
    expect(heard()).toBe(before);
    expect((await usesOf(here.core, lent.grantId)).at(-1)).toMatchObject({
      event: "gateway.call",
      decision: "refused",
      reason: "token_revoked",
    });
  });

  it("is ended by the person it acts for as well, and twice is no more than once", async () => {
    const lent = await lend(here, { delivery: "gateway" }, await stranger());
    const token = await accessToken(here.core, lent);
    const pat = await apiToken(lent.owner);
    const { result, left } = await watchRows(here.core, () => post({ token }, bearer(pat)));
    await expectDone(result);
    expect(left).toMatchObject([{ event: "token.revoke", acting: "person", personId: lent.owner.actor.personId }]);
    expect(await told(await issues(token))).toEqual([401, "token_revoked"]);
    await expectDone(await post({ token }, bearer(pat)));
    expect(await here.core.db.endedToken.count({ where: { jti: String(claimsOf(token).jti) } })).toBe(1);
  });
});

describe("along a chain, a token that is ended", () => {
  it("by the first agent takes all that was handed on from it along", async () => {
    const crew = await band(here, 3);
    const [first, second, third] = (await tokensAlong(here.core, crew)) as [string, string, string];
    for (const token of [second, third]) expect((await issues(token)).status).toBe(200);
    await expectDone(await revoke(at(crew, 0), first));
    const before = heard();
    expect(await told(await issues(first))).toEqual([401, "token_revoked"]);
    for (const token of [second, third]) expect(await told(await issues(token))).toEqual([403, "delegation_revoked"]);
    expect(heard()).toBe(before);
    for (const [index, token] of [second, third].entries())
      expect(await (await send(here.core, "/oauth/introspect", introspectionOf(at(crew, index + 1), token))).json()).toEqual({
        active: false,
      });
  });

  it("in the middle takes along what is below, and leaves what is above", async () => {
    const crew = await band(here, 4);
    const three = { ...crew, agents: crew.agents.slice(0, 3) as unknown as Band["agents"] };
    const [first, second, third] = (await tokensAlong(here.core, three)) as [string, string, string];
    await expectDone(await revoke(at(crew, 1), second));
    expect((await issues(first)).status).toBe(200);
    for (const token of [second, third]) expect(await told(await issues(token))).toEqual([403, "delegation_revoked"]);
    expect(await told(await handOn(here.core, at(crew, 2), third, at(crew, 3)))).toEqual([400, "delegation_revoked"]);
  });

  it("is its own agent's to end, not that of one below", async () => {
    const crew = await band(here, 2);
    const [first, second] = (await tokensAlong(here.core, crew)) as [string, string];
    await expectNothing(() => revoke(at(crew, 1), first));
    await expectNothing(() => revoke(at(crew, 0), second));
    for (const token of [first, second]) expect((await issues(token)).status).toBe(200);
  });
});

const introspectionOf = (bot: SeededAgent, token: string) => ({
  method: "POST",
  body: new URLSearchParams({ token, ...proofOf(bot) }),
});

describe("a token of the SaaS's own that was handed out", () => {
  const direct = async (): Promise<Lent & { readonly token: string }> => {
    const lent = await lend(here, { delivery: "direct" }, await stranger());
    return { ...lent, token: await accessToken(here.core, lent) };
  };

  it("is found by what it is, and ended at the SaaS; the rows say who", async () => {
    const { bot, owner, grantId, token } = await direct();
    expect(token).toMatch(/^saas_at_/);
    expect(await atSaas(token)).toBe(200);
    const { result, left } = await watchRows(here.core, () => revoke(bot, token));
    await expectDone(result);
    expect(await atSaas(token)).toBe(401);
    expect(left).toMatchObject([
      { event: "token.revoke", acting: "agent", agentId: bot.agentId, ownerId: owner.actor.personId, grantId, connector: "demo" },
      { event: "lent_token.end", acting: "system", reason: "ended", grantId },
    ]);
    expect(JSON.stringify(left)).not.toContain(token);
    await expectNothing(() => revoke(bot, token));
  });

  it("leaves the account's other tokens alone, and is its person's to end too", async () => {
    const { bot, owner, grantId, token } = await direct();
    const other = await direct();
    await expectDone(await post({ token }, bearer(await apiToken(owner))));
    expect(await atSaas(token)).toBe(401);
    expect(await atSaas(other.token)).toBe(200);
    expect(await atSaas(await accessToken(here.core, { bot, grantId }))).toBe(200);
  });

  it("is not said to be ended when the SaaS did not answer", async () => {
    const { bot, grantId, token } = await direct();
    here.saas.control.breakAll("revoke", "503");
    expect(await told(await revoke(bot, token))).toEqual([503, "not_ended_there"]);
    here.saas.control.repair();
    expect(await atSaas(token)).toBe(200);
    expect(await here.core.db.lentToken.findMany({ where: { grantId } })).toMatchObject([{ ending: "failed", endedAt: null }]);
    await expectDone(await revoke(bot, token));
    expect(await atSaas(token)).toBe(401);
  });

  it("goes on working, untold, when another agent or another person shows it", async () => {
    const { token } = await direct();
    await expectNothing(async () => revoke(await stranger(), token));
    const pat = await apiToken(await person(here.core));
    await expectNothing(() => post({ token }, bearer(pat)));
    await expectNothing(() => post({ token, client_id: CLI }));
    expect(await atSaas(token)).toBe(200);
  });
});

describe("what is nobody's here, or somebody else's", () => {
  it("is answered like what was ended, and changes nothing", async () => {
    const lent = await lend(here, { delivery: "gateway" }, await stranger());
    const token = await accessToken(here.core, lent);
    const { accessToken: terminals, refreshToken } = await signInAtTerminal(lent.owner);
    const bot = await stranger();
    for (const one of ["x", "a.b.c", newSecret("rt"), `saas_at_${"x".repeat(43)}`, token, terminals, refreshToken])
      await expectNothing(() => revoke(bot, one));
    const pat = await apiToken(here.admin);
    for (const one of [token, terminals, refreshToken]) await expectNothing(() => post({ token: one }, bearer(pat)));
    await expectNothing(() => post({ token, client_id: CLI }));
    expect((await issues(token)).status).toBe(200);
    expect((await send(here.core, "/api/v1/me", { headers: bearer(terminals) })).status).toBe(200);
    here.core.clock.advance({ hours: 2 });
    await expectNothing(() => revoke(lent.bot, token));
  });

  it("is refused for kinds that are ended elsewhere, by anybody, and they still work", async () => {
    const owner = await person(here.core);
    const [bot, pat] = [await agent(here.core, owner), await apiToken(owner)];
    const kinds = { pat, agt: bot.clientSecret, inv: newSecret("inv") };
    for (const [kind, token] of Object.entries(kinds)) {
      const answer = await revoke(bot, token);
      expect([answer.status, await answer.json()]).toEqual([
        400,
        {
          error: "unsupported_token_type",
          error_description: "API tokens, agents' secrets and invitations are ended on their pages in Valet.",
          reason: `token_${kind}`,
        },
      ]);
    }
    expect((await send(here.core, "/api/v1/me", { headers: bearer(pat) })).status).toBe(200);
    await expectNothing(() => revoke(bot, "still proves itself"));
  });
});

describe("a terminal that signs itself out", () => {
  it("ends its whole family with its refresh token, which proves nothing else; the row says whose", async () => {
    const ada = await person(here.core);
    const [mine, another] = [await signInAtTerminal(ada), await signInAtTerminal(ada)];
    const { result, left } = await watchRows(here.core, () => post({ token: mine.refreshToken, client_id: CLI }));
    await expectDone(result);
    expect(left).toMatchObject([{ event: "terminal.end", acting: "person", personId: ada.actor.personId, reason: "revoked" }]);
    const me = async (token: string) => (await send(here.core, "/api/v1/me", { headers: bearer(token) })).status;
    expect([await me(mine.accessToken), await me(another.accessToken)]).toEqual([401, 200]);
    const body = new URLSearchParams({ grant_type: "refresh_token", client_id: CLI, refresh_token: mine.refreshToken });
    expect((await send(here.core, "/oauth/token", { method: "POST", body })).status).toBe(400);
    await expectNothing(() => post({ token: mine.refreshToken, client_id: CLI }));
  });

  it("ends an access token alone, and refreshes into another", async () => {
    const { accessToken: access, refreshToken } = await signInAtTerminal(await person(here.core));
    await expectDone(await post({ token: access, client_id: CLI }));
    expect((await send(here.core, "/api/v1/me", { headers: bearer(access) })).status).toBe(401);
    const body = new URLSearchParams({ grant_type: "refresh_token", client_id: CLI, refresh_token: refreshToken });
    expect((await send(here.core, "/oauth/token", { method: "POST", body })).status).toBe(200);
  });
});

describe("revocation", () => {
  it("answers nobody who does not prove themselves, and takes POST alone", async () => {
    const lent = await lend(here, { delivery: "gateway" });
    const token = await accessToken(here.core, lent);
    for (const answer of [
      await post({ token }),
      await post({ token, client_id: lent.bot.clientId }),
      await post({ token, client_id: "valet-other" }),
      await revoke({ ...lent.bot, clientSecret: newSecret("agt") }, token),
    ])
      expect([answer.status, (await answer.json()).error]).toEqual([401, "invalid_client"]);
    expect((await issues(token)).status).toBe(200);
    const get = await send(here.core, "/oauth/revoke");
    expect([get.status, get.headers.get("allow")]).toEqual([405, "POST"]);
    expect((await post(proofOf(lent.bot))).status).toBe(400);
  });
});
