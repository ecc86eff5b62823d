import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pauseAgent, resumeAgent } from "../agents/status";
import { revokeDelegation, revokeLink } from "../chains/revoke";
import { disconnectConnection } from "../connections/disconnect";
import { mintGrant } from "../grants/mint";
import { revokeGrant } from "../grants/revoke";
import { removePerson, suspendPerson } from "../people/status";
import { giveOwnAccess, takeOwnAccess } from "../platform/ownAccess";
import { registerResource } from "../platform/resources";
import { accessToken, apiToken, bearer, connect, exchangeForm, type Lent, lend, send, type World, world } from "../testing/builders";
import { type Band, band, claimsOf, tokensAlong } from "../testing/chains";
import { TEST_START } from "../testing/clock";
import { agent, person, type SeededAgent } from "../testing/people";
import { makeProof, newKey } from "../testing/proof";
import { CLI, signInAtTerminal } from "../testing/terminal";
import { newSecret } from "../tokens/secret";

const INACTIVE = [200, { active: false }];
const ISSUER = "http://valet.test";

let here: World;
beforeAll(async () => {
  here = await world();
});
beforeEach(() => here.core.clock.set(TEST_START));
afterAll(() => here.close());

const post = (form: Record<string, string>, headers: Record<string, string> = {}) =>
  send(here.core, "/oauth/introspect", { method: "POST", body: new URLSearchParams(form), headers });
const whole = async (answer: Response) => [answer.status, await answer.json()];
const proofOf = ({ clientId, clientSecret }: SeededAgent) => ({ client_id: clientId, client_secret: clientSecret });
const asAgent = async (bot: SeededAgent, token: string, more: Record<string, string> = {}) =>
  whole(await post({ token, ...proofOf(bot), ...more }));
const asPerson = async (pat: string, token: string) => whole(await post({ token }, bearer(pat)));
const stranger = async () => agent(here.core, await person(here.core));
const at = (of: Band, index: number) => of.agents[index] as SeededAgent;
/** What the token itself says of its times and name: the answer repeats it. */
const datesOf = (token: string) => {
  const { exp, iat, jti } = claimsOf(token);
  return { exp, iat, jti };
};

/** A grant to another's agent, so that the agent's owner and the grant's person are two. */
async function lendAway(): Promise<Lent & { readonly token: string; readonly pat: string; readonly botOwnerId: string }> {
  const owner = await person(here.core);
  const lent = await lend(here, { delivery: "gateway" }, await agent(here.core, owner));
  return { ...lent, token: await accessToken(here.core, lent), pat: await apiToken(lent.owner), botOwnerId: owner.actor.personId };
}

async function ownToken(bot: SeededAgent, resource: string): Promise<string> {
  const body = new URLSearchParams({ grant_type: "client_credentials", ...proofOf(bot), resource });
  return (await (await send(here.core, "/oauth/token", { method: "POST", body })).json()).access_token;
}

let services = 0;
/** A service of the house that an agent serves, and another agent with access there. */
async function service() {
  services += 1;
  const resource = `https://service-${services}.example.com`;
  const [server, bot] = [await stranger(), await stranger()];
  const scopes = ["board:read", "board:write"];
  const { id: resourceId } = await registerResource(here.admin, { resource, name: "Board", scopes, servedBy: server.agentId });
  const { ownAccessId } = await giveOwnAccess(here.admin, { agentId: bot.agentId, resourceId, scopes: ["board:read"] });
  return { resource, resourceId, server, bot, ownAccessId, token: await ownToken(bot, resource) };
}

describe("an agent's token of a grant", () => {
  it("is told whole to the agent that holds it and to the person it acts for, with and without a hint, right or wrong", async () => {
    const lent = await lend(here, { delivery: "gateway" });
    const token = await accessToken(here.core, lent, { run_id: "run-1" });
    const said = [
      200,
      {
        active: true,
        iss: ISSUER,
        sub: lent.owner.actor.personId,
        aud: `${ISSUER}/proxy/demo`,
        client_id: lent.bot.agentId,
        ...datesOf(token),
        act: claimsOf(token).act,
        grant_id: lent.grantId,
        run_id: "run-1",
        scope: "issues:read",
        token_type: "Bearer",
        username: lent.owner.actor.name,
      },
    ];
    expect(said[1]).toMatchObject({ act: { sub: lent.bot.agentId } });
    const answer = await post({ token, ...proofOf(lent.bot) });
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(await whole(answer)).toEqual(said);
    for (const token_type_hint of ["access_token", "refresh_token", "something"])
      expect(await asAgent(lent.bot, token, { token_type_hint })).toEqual(said);
    expect(await asPerson(await apiToken(lent.owner), token)).toEqual(said);
  });

  it("is inactive, and nothing more, to everybody else: another agent, another person, an admin", async () => {
    const { token, bot, pat } = await lendAway();
    expect(await asAgent(await stranger(), token)).toEqual(INACTIVE);
    expect(await asPerson(await apiToken(await person(here.core)), token)).toEqual(INACTIVE);
    expect(await asPerson(await apiToken(here.admin), token)).toEqual(INACTIVE);
    expect(await asAgent(bot, token)).toMatchObject([200, { active: true }]);
    expect(await asPerson(pat, token)).toMatchObject([200, { active: true }]);
  });

  const ENDINGS: [what: string, end: (of: Awaited<ReturnType<typeof lendAway>>) => unknown][] = [
    ["its grant is revoked", (of) => revokeGrant(of.owner, of)],
    ["its agent is paused", (of) => pauseAgent(here.admin, of.bot)],
    ["its agent's owner is suspended", (of) => suspendPerson(here.admin, { personId: of.botOwnerId })],
    ["the account is disconnected", (of) => disconnectConnection(of.owner, of)],
    ["it is over", () => here.core.clock.advance({ hours: 1 })],
    ["it is revoked", (of) => send(here.core, "/oauth/revoke", revocationOf(of))],
  ];
  const revocationOf = ({ bot, token }: { bot: SeededAgent; token: string }) => ({
    method: "POST",
    body: new URLSearchParams({ token, ...proofOf(bot) }),
  });
  it.each(ENDINGS)("is inactive to its person as soon as %s", async (_what, end) => {
    const of = await lendAway();
    expect(await asPerson(of.pat, of.token)).toMatchObject([200, { active: true }]);
    await end(of);
    expect(await asPerson(of.pat, of.token)).toEqual(INACTIVE);
  });

  it("is inactive to its agent as soon as its person is suspended or removed", async () => {
    for (const end of [suspendPerson, removePerson]) {
      const { owner, bot, token } = await lendAway();
      expect(await asAgent(bot, token)).toMatchObject([200, { active: true }]);
      await end(here.admin, { personId: owner.actor.personId });
      expect(await asAgent(bot, token)).toEqual(INACTIVE);
    }
  });

  it("that is bound to a key says so", async () => {
    const lent = await lend(here, { delivery: "gateway" });
    const key = await newKey();
    const headers = { dpop: await makeProof(here.core, key, { path: "/oauth/token" }) };
    const issued = await (await send(here.core, "/oauth/token", { method: "POST", body: exchangeForm(lent), headers })).json();
    expect(issued.token_type).toBe("DPoP");
    const [status, body] = await asAgent(lent.bot, issued.access_token);
    expect([status, body.active, body.token_type, body.cnf]).toEqual([200, true, "DPoP", { jkt: key.jkt }]);
  });
});

describe("a token that was handed on", () => {
  it("is told with its whole chain to each agent in it, and to its person", async () => {
    const crew = await band(here, 3);
    const token = (await tokensAlong(here.core, crew))[2] as string;
    const { act, grant_id } = claimsOf(token);
    expect(act).toMatchObject({ sub: at(crew, 2).agentId, act: { sub: at(crew, 1).agentId, act: { sub: at(crew, 0).agentId } } });
    const said = [
      200,
      {
        active: true,
        iss: ISSUER,
        sub: crew.owner.actor.personId,
        aud: `${ISSUER}/proxy/demo`,
        client_id: at(crew, 2).agentId,
        ...datesOf(token),
        act,
        grant_id,
        scope: "issues:read",
        token_type: "Bearer",
        username: crew.owner.actor.name,
      },
    ];
    for (const bot of crew.agents) expect(await asAgent(bot, token)).toEqual(said);
    expect(await asPerson(await apiToken(crew.owner), token)).toEqual(said);
    expect(await asAgent(await stranger(), token)).toEqual(INACTIVE);
  });

  const hopOf = (token: string | undefined) => ({ delegationId: String(claimsOf(token ?? "").delegation_id) });
  const ENDINGS: [what: string, end: (of: Band, tokens: string[]) => Promise<unknown>][] = [
    ["the first link is revoked", (of) => revokeLink(of.owner, { linkId: of.links[0]?.id ?? "" })],
    ["the last link is revoked", (of) => revokeLink(of.owner, { linkId: of.links[1]?.id ?? "" })],
    ["the first hop is taken back", (of, tokens) => revokeDelegation(of.owner, hopOf(tokens[1]))],
    ["its own hop is taken back", (of, tokens) => revokeDelegation(of.owner, hopOf(tokens[2]))],
    ["the first agent is paused", (of) => pauseAgent(here.admin, at(of, 0))],
    ["the middle agent is paused", (of) => pauseAgent(here.admin, at(of, 1))],
    ["the last agent is paused", (of) => pauseAgent(here.admin, at(of, 2))],
    ["the grant is revoked", (of) => revokeGrant(of.owner, of)],
  ];
  it.each(ENDINGS)("is inactive as soon as %s", async (_what, end) => {
    const crew = await band(here, 3);
    const tokens = await tokensAlong(here.core, crew);
    const pat = await apiToken(crew.owner);
    expect(await asPerson(pat, tokens[2] as string)).toMatchObject([200, { active: true }]);
    await end(crew, tokens);
    expect(await asPerson(pat, tokens[2] as string)).toEqual(INACTIVE);
  });
});

describe("a token that an agent has for itself", () => {
  it("is told to the agent that serves the place and to its holder, with nobody behind it; to another agent it is inactive", async () => {
    const { resource, server, bot, token } = await service();
    const said = [
      200,
      {
        active: true,
        iss: ISSUER,
        sub: bot.agentId,
        aud: resource,
        client_id: bot.agentId,
        ...datesOf(token),
        scope: "board:read",
        token_type: "Bearer",
      },
    ];
    for (const one of [server, bot]) expect(await asAgent(one, token)).toEqual(said);
    const elsewhere = await service();
    for (const one of [await stranger(), elsewhere.server, elsewhere.bot]) expect(await asAgent(one, token)).toEqual(INACTIVE);
    expect(await asPerson(await apiToken(here.admin), token)).toEqual(INACTIVE);
  });

  it("is inactive at once when its access is taken back, given to less, its holder paused, or it is over", async () => {
    const taken = await service();
    await takeOwnAccess(here.admin, { agentId: taken.bot.agentId, ownAccessId: taken.ownAccessId });
    expect(await asAgent(taken.server, taken.token)).toEqual(INACTIVE);
    const less = await service();
    await giveOwnAccess(here.admin, { agentId: less.bot.agentId, resourceId: less.resourceId, scopes: ["board:write"] });
    expect(await asAgent(less.server, less.token)).toEqual(INACTIVE);
    const paused = await service();
    await pauseAgent(here.admin, paused.bot);
    expect(await asAgent(paused.server, paused.token)).toEqual(INACTIVE);
    await resumeAgent(here.admin, paused.bot);
    expect(await asAgent(paused.server, paused.token)).toMatchObject([200, { active: true }]);
    await pauseAgent(here.admin, paused.server);
    expect(await asAgent(paused.server, paused.token)).not.toMatchObject([200, { active: true }]);
    const old = await service();
    here.core.clock.advance({ minutes: 15 });
    expect(await asAgent(old.server, old.token)).toEqual(INACTIVE);
  });
});

describe("a token of an account that an agent uses on its own authority", () => {
  it("names the agent and nobody behind it, and is inactive to the admin who lent it, and once the grant is revoked", async () => {
    const owner = await person(here.core, { role: "admin" });
    const connectionId = await connect(owner, { login: "grace" });
    const bot = await agent(here.core, owner);
    const input = { agentId: bot.agentId, connectionId, lifetime: "8h" as const, scopes: ["issues:read"], delivery: "gateway" as const };
    const { grantId } = await mintGrant(owner, { ...input, pattern: "own" });
    const token = await accessToken(here.core, { bot, grantId });
    expect(await asAgent(bot, token)).toEqual([
      200,
      {
        active: true,
        iss: ISSUER,
        sub: bot.agentId,
        aud: `${ISSUER}/proxy/demo`,
        client_id: bot.agentId,
        ...datesOf(token),
        grant_id: grantId,
        scope: "issues:read",
        token_type: "Bearer",
      },
    ]);
    expect(await asPerson(await apiToken(owner), token)).toEqual(INACTIVE);
    expect(await asAgent(await stranger(), token)).toEqual(INACTIVE);
    await revokeGrant(owner, { grantId });
    expect(await asAgent(bot, token)).toEqual(INACTIVE);
  });
});

describe("what a person has at a terminal", () => {
  it("is told to them, both tokens, until it is signed out; to others it is inactive", async () => {
    const ada = await person(here.core);
    const [pat, other] = [await apiToken(ada), await apiToken(await person(here.core))];
    const { accessToken: access, refreshToken } = await signInAtTerminal(ada, "valet:read");
    const who = { active: true, iss: ISSUER, sub: ada.actor.personId, client_id: CLI, scope: "valet:read", username: ada.actor.name };
    expect(await asPerson(pat, access)).toEqual([200, { ...who, aud: `${ISSUER}/api/v1`, ...datesOf(access), token_type: "Bearer" }]);
    const iat = here.core.clock.now().getTime() / 1000;
    expect(await asPerson(pat, refreshToken)).toEqual([200, { ...who, iat, exp: iat + 30 * 86_400 }]);
    const bot = await agent(here.core, ada);
    for (const token of [access, refreshToken]) {
      expect(await asPerson(other, token)).toEqual(INACTIVE);
      expect(await asAgent(bot, token)).toEqual(INACTIVE);
    }
    await send(here.core, "/oauth/revoke", { method: "POST", body: new URLSearchParams({ token: refreshToken, client_id: CLI }) });
    for (const token of [access, refreshToken]) expect(await asPerson(pat, token)).toEqual(INACTIVE);
  });
});

describe("introspection", () => {
  it("has one answer for what is unknown, garbage, another kind of secret, or signed by somebody else", async () => {
    const { bot, token, owner } = await lendAway();
    const [head, body] = token.split(".");
    const forged = `${head}.${body}.${Buffer.alloc(64, 7).toString("base64url")}`;
    for (const one of ["x", "a.b.c", forged, newSecret("rt"), bot.clientSecret, await apiToken(owner)])
      expect(await asAgent(bot, one)).toEqual(INACTIVE);
  });

  it("answers nobody who does not prove themselves, and all failures of a proof alike", async () => {
    const { bot, token } = await lendAway();
    const [status, anonymous] = await whole(await post({ token }));
    expect([status, anonymous]).toEqual([
      401,
      {
        error: "invalid_client",
        error_description: "Say who you are: client_assertion in the body, or client_id and client_secret by HTTP Basic or in the body.",
        reason: "invalid_client",
      },
    ]);
    expect(await asAgent({ ...bot, clientSecret: newSecret("agt") }, token)).toEqual(
      await asAgent({ ...bot, clientId: "agt_01kjpt2v000000000000000000" }, token),
    );
    expect(await asAgent({ ...bot, clientSecret: newSecret("agt") }, token)).toEqual([
      401,
      { error: "invalid_client", error_description: expect.any(String), reason: "invalid_client" },
    ]);
    expect((await post({ token, client_id: CLI })).status).toBe(401);
    expect((await post({ token }, bearer(token))).status).toBe(401);
  });

  it("takes POST alone, with a token in it", async () => {
    const get = await send(here.core, "/oauth/introspect?token=x");
    expect([get.status, get.headers.get("allow"), await get.json()]).toEqual([
      405,
      "POST",
      { error: "invalid_request", error_description: "This endpoint takes POST only.", reason: "method" },
    ]);
    const { bot } = await lendAway();
    expect(await whole(await post(proofOf(bot)))).toMatchObject([400, { error: "invalid_request" }]);
  });
});
