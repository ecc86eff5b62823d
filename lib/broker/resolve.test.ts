import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { getResolution, listResolutions, setResolution } from "../agents/resolution";
import { pauseAgent } from "../agents/status";
import type { PersonCtx } from "../ctx";
import { writingSide } from "../db";
import { mintGrant } from "../grants/mint";
import { revokeGrant } from "../grants/revoke";
import type { Pattern } from "../policy/pattern";
import { apiToken, bearer, connect, exchangeGrant, send, usesOf, type World, watchRows, world } from "../testing/builders";
import { agent, person, type SeededAgent } from "../testing/people";
import { refusalOf } from "../testing/refusal";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());
beforeEach(() => here.core.clock.advance({ minutes: 1 }));

interface House {
  readonly ada: PersonCtx;
  readonly bot: SeededAgent;
  /** ada's account, and the platform's. */
  readonly hers: string;
  readonly its: string;
}

/** A person's account and the platform's, at one connector, and an agent for both. */
async function house(tries?: Pattern[]): Promise<House> {
  const ada = await person(here.core);
  const bot = await agent(here.core, ada);
  if (tries) await setResolution(ada, { agentId: bot.agentId, connector: "demo", tries });
  return { ada, bot, hers: await connect(ada), its: await platform() };
}

let itsAccount: string | undefined;
async function platform(): Promise<string> {
  itsAccount ??= await connect(here.admin, { login: "grace" });
  return itsAccount;
}

const lendHers = async ({ ada, bot, hers }: House, scopes = ["issues:read"]) =>
  (await mintGrant(ada, { agentId: bot.agentId, connectionId: hers, lifetime: "1h", scopes, delivery: "gateway" })).grantId;
const lendIts = async ({ bot, its }: House) =>
  (
    await mintGrant(here.admin, {
      agentId: bot.agentId,
      connectionId: its,
      lifetime: "8h",
      scopes: ["files:read"],
      delivery: "gateway",
      pattern: "own",
    })
  ).grantId;

const CONNECTOR = { subject_token: "demo", subject_token_type: "urn:valet:params:oauth:token-type:connector" };
const ask = async ({ bot }: House, more: Record<string, string> = {}) => {
  const answer = await exchangeGrant(here.core, { bot, grantId: "" }, { ...CONNECTOR, ...more });
  return { status: answer.status, body: await answer.json() };
};

describe("an agent that names a connector", () => {
  it("gets the one grant on a person's authority; the answer and the row say what was tried", async () => {
    const one = await house();
    const grantId = await lendHers(one);
    await lendIts(one);
    const tried = [{ pattern: "delegated", outcome: "taken" }];
    expect(await ask(one)).toMatchObject({ status: 200, body: { grant_id: grantId, pattern: "delegated", scope: "issues:read", tried } });
    expect((await usesOf(here.core, grantId)).at(-1)).toMatchObject({
      pattern: "delegated",
      grantId,
      detail: { tried },
      decision: "allowed",
    });
  });

  it("never gets an authority that is not listed", async () => {
    const one = await house();
    await lendIts(one);
    const { result, left } = await watchRows(here.core, () => ask(one));
    expect(result).toEqual({
      status: 400,
      body: {
        error: "invalid_request",
        error_description: "Nothing at Demo Tracker is lent to this agent. Looked for: a person's authority.",
        reason: "grant_none",
        next: "Ask a person for a grant, or the agent's owner to list another authority for it.",
        tried: [{ pattern: "delegated", outcome: "none" }],
      },
    });
    expect(left).toMatchObject([
      {
        decision: "refused",
        reason: "grant_none",
        connector: "demo",
        grantId: null,
        agentId: one.bot.agentId,
        detail: { tried: [{ pattern: "delegated", outcome: "none" }] },
      },
    ]);
    await setResolution(one.ada, { agentId: one.bot.agentId, connector: "demo", tries: ["shared_key", "delegated"] });
    expect((await ask(one)).body).toMatchObject({ reason: "grant_none", tried: [{ outcome: "none" }, { outcome: "none" }] });
  });

  it("gets the next listed where there is none, and sees that", async () => {
    const one = await house(["delegated", "own"]);
    const grantId = await lendIts(one);
    const tried = [
      { pattern: "delegated", outcome: "none" },
      { pattern: "own", outcome: "taken" },
    ];
    expect((await ask(one)).body).toMatchObject({ pattern: "own", grant_id: grantId, scope: "files:read", tried });
    expect((await usesOf(here.core, grantId)).at(-1)).toMatchObject({ pattern: "own", personId: null, detail: { tried } });
    const hers = await lendHers(one);
    expect((await ask(one)).body).toMatchObject({ pattern: "delegated", grant_id: hers });
    await setResolution(one.ada, { agentId: one.bot.agentId, connector: "demo", tries: ["own", "delegated"] });
    expect((await ask(one)).body).toMatchObject({ pattern: "own", grant_id: grantId });
  });

  it("passes over what is over, and says so; with nothing else, is refused as that stands", async () => {
    const one = await house(["delegated", "own"]);
    const grantId = await lendHers(one);
    await revokeGrant(one.ada, { grantId });
    const over = { pattern: "delegated", outcome: "over" };
    const { body } = await ask(one);
    expect(body).toMatchObject({ reason: "grant_revoked", pattern: "delegated", smallest_grant: { scopes: ["issues:read"] } });
    expect(body.tried).toEqual([over, { pattern: "own", outcome: "none" }]);
    const its = await lendIts(one);
    expect((await ask(one)).body).toMatchObject({ grant_id: its, tried: [over, { pattern: "own", outcome: "taken" }] });
    const again = await lendHers(one);
    here.core.clock.advance({ hours: 1 });
    expect((await ask(one)).body).toMatchObject({ grant_id: its, tried: [over, { outcome: "taken" }] });
    expect(again).not.toBe(grantId);
  });

  it.each([
    [
      "its account needs its person",
      { connection: { update: { status: "needs_reconnect" } } },
      "interaction_required",
      "connection_needs_reconnect",
    ],
    ["it is suspended by a test", { suspendedAt: new Date(0), testedAt: new Date(0) }, "invalid_request", "grant_suspended"],
  ])("does not pass over a grant that somebody can mend: %s", async (_why, data, error, reason) => {
    const one = await house(["delegated", "own"]);
    const grantId = await lendHers(one);
    await lendIts(one);
    await writingSide(here.core.db).prisma.grant.update({ where: { id: grantId }, data });
    expect((await ask(one)).body).toMatchObject({
      error,
      reason,
      pattern: "delegated",
      tried: [{ pattern: "delegated", outcome: "blocked" }],
    });
    const last = (await usesOf(here.core, grantId)).at(-1);
    expect(last).toMatchObject({ decision: "refused", reason, pattern: "delegated", personId: one.ada.actor.personId });
  });

  it("has to say which when several would do, and is told them", async () => {
    const one = await house(["delegated", "own"]);
    const [first, second] = [await lendHers(one), await lendHers(one, ["files:read"])];
    const { body } = await ask(one);
    expect(body).toMatchObject({
      error: "invalid_request",
      reason: "grant_ambiguous",
      pattern: "delegated",
      tried: [{ outcome: "ambiguous" }],
    });
    expect(body.grants.map((grant: { grant_id: string }) => grant.grant_id).sort()).toEqual([first, second].sort());
    expect(body.grants[0]).toEqual({
      grant_id: expect.any(String),
      account: "ada",
      scopes: expect.any(Array),
      expires_at: expect.any(String),
    });
    await revokeGrant(one.ada, { grantId: second });
    expect((await ask(one)).body).toMatchObject({ grant_id: first });
  });

  it("is cut and refused as with the grant itself: scope, place, pause", async () => {
    const one = await house();
    await lendHers(one);
    expect((await ask(one, { scope: "files:read" })).body).toMatchObject({ error: "invalid_scope", reason: "scope_beyond_grant" });
    expect((await ask(one, { resource: "http://valet.test/proxy/demo-board" })).body).toMatchObject({ error: "invalid_target" });
    expect((await ask(one, { subject_token: "nowhere" })).body).toMatchObject({ error: "invalid_request", reason: "not_found" });
    await pauseAgent(one.ada, one.bot);
    expect((await ask(one)).body).toMatchObject({ reason: "agent_paused", tried: [{ outcome: "blocked" }] });
  });

  it("is an agent: a person names what they mean", async () => {
    const one = await house();
    const body = new URLSearchParams({ grant_type: "urn:ietf:params:oauth:grant-type:token-exchange", ...CONNECTOR });
    const answer = await send(here.core, "/oauth/token", { method: "POST", headers: bearer(await apiToken(one.ada)), body });
    expect(await answer.json()).toMatchObject({ error: "invalid_request", reason: "subject_token_type_unknown" });
  });
});

describe("the order", () => {
  it("is said by the agent's owner or an admin, connector by connector, with its row", async () => {
    const { ada, bot } = await house();
    const input = { agentId: bot.agentId, connector: "demo" };
    expect(await getResolution(ada, input)).toEqual({ connector: "demo", tries: ["delegated"], setAt: null });
    const { left } = await watchRows(here.core, () => setResolution(ada, { ...input, tries: ["own", "delegated"] }));
    expect(left).toMatchObject([
      {
        event: "agent.set_resolution",
        target: "Triage bot at Demo Tracker",
        agentId: bot.agentId,
        connector: "demo",
        detail: { from: ["delegated"], to: ["own", "delegated"] },
      },
    ]);
    await setResolution(here.admin, { ...input, tries: ["shared_key"] });
    await setResolution(here.admin, { ...input, connector: "github", tries: ["own"] });
    expect((await listResolutions(ada, bot)).map(({ connector, tries }) => [connector, tries])).toEqual(
      expect.arrayContaining([
        ["demo", ["shared_key"]],
        ["github", ["own"]],
      ]),
    );
    const stranger = await person(here.core);
    for (const work of [
      () => setResolution(stranger, { ...input, tries: ["own"] }),
      () => getResolution(stranger, input),
      () => listResolutions(stranger, bot),
    ])
      expect(await refusalOf(work)).toMatchObject({ code: "not_found" });
    const auditor = await person(here.core, { role: "auditor" });
    expect(await getResolution(auditor, input)).toMatchObject({ tries: ["shared_key"] });
    expect(await refusalOf(setResolution(auditor, { ...input, tries: ["own"] }))).toMatchObject({ code: "not_found" });
  });

  it("lists each once, at least one, at a connector that is known; by script too", async () => {
    const { ada, bot } = await house();
    const input = { agentId: bot.agentId, connector: "demo" };
    expect(await refusalOf(setResolution(ada, { ...input, tries: ["own", "own"] }))).toMatchObject({ reason: "tries_doubled" });
    expect(await refusalOf(setResolution(ada, { ...input, connector: "nowhere", tries: ["own"] }))).toMatchObject({ code: "not_found" });
    const headers = { ...bearer(await apiToken(ada)), "content-type": "application/json" };
    const put = async (body: object) => {
      const path = `/api/v1/agents/${bot.agentId}/resolutions/demo`;
      const answer = await send(here.core, path, { method: "PUT", headers, body: JSON.stringify(body) });
      return [answer.status, await answer.json()];
    };
    for (const tries of [[], ["anybody"], "own", undefined]) expect((await put({ tries }))[0]).toBe(400);
    expect(await put({ tries: ["own"] })).toEqual([
      200,
      { connector: "demo", tries: ["own"], set_at: here.core.clock.now().toISOString() },
    ]);
    const told = await send(here.core, `/api/v1/agents/${bot.agentId}/resolutions/demo`, { headers });
    expect(await told.json()).toMatchObject({ tries: ["own"] });
  });
});
