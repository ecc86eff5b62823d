import { afterAll, beforeAll, expect, it } from "vitest";
import { listSharedKeys } from "../connections/sharedKeys";
import { writingSide } from "../db";
import { revokeGrant } from "../grants/revoke";
import { suspendPerson } from "../people/status";
import { apiToken, bearer, exchangeGrant, type Lent, lend, send, type World, world } from "../testing/builders";
import { connectionRecord, grantRecord, useRecord } from "../testing/lent";
import { agent, person } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { type RiskKind, readOverview } from "./overview";

let here: World;
let reading: Lent;
let writing: Lent;
beforeAll(async () => {
  here = await world();
  const keeper = await person(here.core, { name: "Grace Keeper" });
  reading = await lend(here, { scopes: ["issues:read"], delivery: "gateway" }, await agent(here.core, keeper, { name: "Reader" }));
  writing = await lend(here, { scopes: ["issues:read", "issues:write"] }, await agent(here.core, keeper, { name: "Writer" }));
});
afterAll(() => here.close());

const counts = async () => (await readOverview(here.admin)).counts;
const risks = async (kind: string) => (await readOverview(here.admin)).risks.filter((risk) => risk.kind === kind);
const grant = (grantId: string, data: object) => writingSide(here.core.db).prisma.grant.update({ where: { id: grantId }, data });

it("counts agents and grants that could act now, and those for writing", async () => {
  const before = await counts();
  expect(before).toMatchObject({
    agents: 2,
    liveGrants: 2,
    writingGrants: 1,
    orphanedAgents: 0,
    suspendedGrants: 0,
    failingConnections: 0,
  });
  await revokeGrant(writing.owner, { grantId: writing.grantId });
  expect(await counts()).toMatchObject({ liveGrants: 1, writingGrants: 0 });
});

it("counts what was refused in the last day and in the one before, and names the agent that was refused most", async () => {
  const { bot } = reading;
  for (let index = 0; index < 10; index += 1) await useRecord(here.core, bot.agentId, "refused");
  expect(await counts()).toMatchObject({ refused: 10, refusedBefore: 0 });
  expect(await risks("refused_agent")).toMatchObject([{ id: bot.agentId, name: "Reader", count: 10 }]);
  here.core.clock.advance({ hours: 24 });
  expect(await counts()).toMatchObject({ refused: 0, refusedBefore: 10 });
  expect(await risks("refused_agent")).toEqual([]);
});

it("names grants that a self-test shut, accounts that fail, and grants for writing that nobody has used so", async () => {
  const one = await lend(here, { scopes: ["issues:write"], delivery: "gateway" }, await agent(here.core, here.admin, { name: "Idle" }));
  expect(await risks("unused_write")).toEqual([]);
  const later = new Date(here.core.clock.now().getTime() + 40 * 86_400_000);
  await grant(one.grantId, { expiresAt: later });
  here.core.clock.advance({ days: 22 });
  expect(await risks("unused_write")).toMatchObject([{ id: one.grantId, name: "Idle" }]);
  expect((await exchangeGrant(here.core, one)).status).toBe(200);
  expect(await risks("unused_write")).toEqual([]);
  await grant(one.grantId, { suspendedAt: here.core.clock.now() });
  expect([(await counts()).suspendedGrants, await risks("suspended_grant")]).toMatchObject([1, [{ id: one.grantId, name: "Idle" }]]);
  await writingSide(here.core.db).prisma.connection.update({ where: { id: one.connectionId }, data: { status: "needs_reconnect" } });
  expect([(await counts()).failingConnections, await risks("failing_connection")]).toMatchObject([
    1,
    [{ id: one.connectionId, of: "Ada Lovelace" }],
  ]);
});

it("names agents without an active owner first", async () => {
  const owner = await person(here.core, { name: "Leaver" });
  const bot = await agent(here.core, owner, { name: "Alone" });
  await suspendPerson(here.admin, { personId: owner.actor.personId });
  const { counts: counted, risks: named } = await readOverview(here.admin);
  expect([counted.orphanedAgents, named[0]]).toMatchObject([1, { kind: "orphaned_agent", id: bot.agentId, name: "Alone", of: "Leaver" }]);
});

it("tells all of one kind where that is asked: as many as are counted, which may be more than the first few", async () => {
  const owner = await person(here.core, { name: "Many" });
  for (let index = 0; index < 6; index += 1) {
    const connectionId = await connectionRecord(here.core, owner);
    const { agentId } = await agent(here.core, owner);
    await grant(await grantRecord(here.core, owner, { agentId, connectionId }), { suspendedAt: here.core.clock.now() });
    const data = index === 0 ? {} : { keyEndsAt: new Date(here.core.clock.now().getTime() + 3_600_000) };
    await writingSide(here.core.db).prisma.connection.update({ where: { id: connectionId }, data: { status: "needs_reconnect", ...data } });
  }
  const { suspendedGrants, failingConnections, sharedKeys } = await counts();
  expect([suspendedGrants, failingConnections].every((count) => count > 5)).toBe(true);
  const told = async (risk: RiskKind) => (await readOverview(here.admin, { risk })).risks;
  expect(await told("suspended_grant")).toHaveLength(suspendedGrants);
  expect(await told("failing_connection")).toHaveLength(failingConnections);
  expect(new Set((await told("failing_connection")).map(({ kind }) => kind))).toEqual(new Set(["failing_connection"]));
  expect([await told("shared_key"), await listSharedKeys(here.admin)].map(({ length }) => length)).toEqual([sharedKeys, sharedKeys]);
  expect(await risks("suspended_grant")).toHaveLength(5);
});

it("draws fourteen days of uses, and knows what of the set-up is done", async () => {
  const { chart, setUp } = await readOverview(here.admin);
  const days = (chart.bars.at(-1)?.to.getTime() ?? 0) - (chart.bars[0]?.from.getTime() ?? 0);
  expect([days / 86_400_000 > 13, chart.rows > 0]).toEqual([true, true]);
  expect(setUp).toEqual({ connector: expect.any(Boolean), people: true, agent: true, grant: true });
});

it("is for admins and auditors, also by REST", async () => {
  const member = await person(here.core);
  expect(await refusalOf(readOverview(member))).toMatchObject({ code: "forbidden" });
  const ask = async (who: typeof member) => send(here.core, "/api/v1/overview", { headers: bearer(await apiToken(who)) });
  expect((await ask(member)).status).toBe(403);
  expect(await (await ask(here.admin)).json()).toMatchObject({ counts: { orphaned_agents: 1 }, set_up: { agent: true } });
});
