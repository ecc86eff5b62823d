import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listAgentNames } from "../agents/names";
import { countOrphans } from "../agents/orphans";
import type { PersonCtx } from "../ctx";
import { writingSide } from "../db";
import { type TestCore, testCore } from "../testing/core";
import { connectionRecord, grantRecord, useRecord } from "../testing/lent";
import { agent, person } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { AGENTS_SHOWN, readActAsMe, WAITING_SHOWN } from "./actAsMe";
import { listGrants } from "./list";

let core: TestCore;
beforeAll(async () => {
  core = await testCore();
});
afterAll(() => core.close());

const prisma = () => writingSide(core.db).prisma;

interface Made {
  readonly grantId: string;
  readonly connectionId: string;
  readonly agentId: string;
}

async function lent(owner: PersonCtx, name: string, spoil: (made: Made) => Promise<unknown> = async () => null): Promise<Made> {
  const { agentId } = await agent(core, owner, { name });
  const connectionId = await connectionRecord(core, owner);
  const made = { agentId, connectionId, grantId: await grantRecord(core, owner, { agentId, connectionId }) };
  await spoil(made);
  return made;
}

const grant = (data: object) => (made: Made) => prisma().grant.update({ where: { id: made.grantId }, data });
const connection = (data: object) => (made: Made) => prisma().connection.update({ where: { id: made.connectionId }, data });
const bot = (data: object) => (made: Made) => prisma().agent.update({ where: { id: made.agentId }, data });

describe("what can act as me", () => {
  test("is exactly what each grant's own page calls live", async () => {
    const [ada, gone] = [await person(core), await person(core, { status: "suspended" })];
    const now = core.clock.now();
    await lent(ada, "stands");
    await lent(ada, "writes", grant({ access: "write" }));
    await lent(ada, "revoked", grant({ revokedAt: now }));
    await lent(ada, "ended", grant({ expiresAt: now }));
    await lent(ada, "suspended", grant({ suspendedAt: now, testedAt: now }));
    await lent(ada, "reconnect", connection({ status: "needs_reconnect" }));
    await lent(ada, "disconnected", connection({ status: "disconnected" }));
    await lent(ada, "key ended", connection({ keyEndsAt: now }));
    await lent(ada, "paused", bot({ status: "paused" }));
    await lent(ada, "orphaned", bot({ ownerId: gone.actor.personId }));
    const live = async () => (await listGrants(ada, { live: true })).map(({ id }) => id).sort();
    const acting = await readActAsMe(ada);
    expect(acting.live.map(({ id }) => id).sort()).toEqual(await live());
    expect(acting.shown.map(({ agentName }) => agentName).sort()).toEqual(["stands", "writes"]);
    expect(acting.live.map(({ access, connectorName }) => `${access} ${connectorName}`).sort()).toEqual([
      "read Demo Tracker",
      "write Demo Tracker",
    ]);
    expect(acting.waiting.map(({ agentName }) => agentName).sort()).toEqual(["orphaned", "paused", "suspended"]);
    await prisma().person.update({ where: { id: ada.actor.personId }, data: { lendingPausedAt: now } });
    expect([(await readActAsMe(ada)).live, await live()]).toEqual([[], []]);
  });

  test("is nobody else's", async () => {
    const [ada, bea] = [await person(core), await person(core, { role: "admin" })];
    await lent(ada, "Hers");
    expect(await readActAsMe(bea)).toMatchObject({ live: [], shown: [], waiting: [], ever: { lent: 0, used: false, revoked: false } });
  });

  test("names what ends within the hour, and what has been done so far", async () => {
    const ada = await person(core);
    const soon = new Date(core.clock.now().getTime() + 59 * 60 * 1000);
    const later = new Date(soon.getTime() + 2 * 60 * 1000);
    const first = await lent(ada, "Soon", grant({ expiresAt: soon }));
    expect((await readActAsMe(ada)).ever).toEqual({ lent: 1, used: false, revoked: false });
    await lent(ada, "Later", grant({ expiresAt: later }));
    await useRecord(core, first.agentId);
    await prisma().activity.updateMany({ where: { agentId: first.agentId, kind: "use" }, data: { grantId: first.grantId } });
    const acting = await readActAsMe(ada);
    expect([acting.waiting.map(({ agentName }) => agentName), acting.waits, acting.live.length]).toEqual([["Soon"], 1, 2]);
    expect(acting.ever).toEqual({ lent: 2, used: true, revoked: false });
    await grant({ revokedAt: core.clock.now() })(first);
    expect((await readActAsMe(ada)).ever).toEqual({ lent: 2, used: true, revoked: true });
  });

  test("counts all and shows the first of them", async () => {
    const ada = await person(core);
    for (let number = 0; number < AGENTS_SHOWN + 2; number += 1) await lent(ada, `Live ${number}`);
    for (let number = 0; number < WAITING_SHOWN + 3; number += 1) await lent(ada, `Paused ${number}`, bot({ status: "paused" }));
    const acting = await readActAsMe(ada);
    expect(acting.live).toHaveLength(AGENTS_SHOWN + 2);
    expect(new Set(acting.shown.map(({ agentId }) => agentId)).size).toBe(AGENTS_SHOWN);
    expect([acting.waiting.length, acting.waits]).toEqual([WAITING_SHOWN, WAITING_SHOWN + 3]);
  });
});

test("agents are named to whoever can have rows of them", async () => {
  const [ada, bea] = [await person(core), await person(core)];
  const hers = await lent(ada, "A hers", grant({ revokedAt: core.clock.now() }));
  const other = await agent(core, bea, { name: "B other" });
  await grantRecord(core, ada, { agentId: other.agentId, connectionId: hers.connectionId });
  await agent(core, bea, { name: "C sponsored", sponsor: ada });
  await agent(core, bea, { name: "D foreign" });
  expect((await listAgentNames(ada)).map(({ name }) => name)).toEqual(["A hers", "B other", "C sponsored"]);
  const auditor = await person(core, { role: "auditor" });
  expect((await listAgentNames(auditor)).map(({ name }) => name)).toContain("D foreign");
});

test("orphans are counted for those who see all", async () => {
  const [auditor, ada, gone] = [await person(core, { role: "auditor" }), await person(core), await person(core, { status: "removed" })];
  const before = await countOrphans(auditor);
  await agent(core, gone, { name: "Alone" });
  await agent(core, gone, { name: "By its second", secondOwner: ada });
  expect(await countOrphans(auditor)).toBe(before + 1);
  expect((await refusalOf(countOrphans(ada))).code).toBe("forbidden");
});
