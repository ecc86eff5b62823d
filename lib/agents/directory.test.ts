import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { usesPerDay } from "../activity/usesPerDay";
import type { PersonCtx } from "../ctx";
import { writingSide } from "../db";
import { viewGrants } from "../grants/list";
import { TEST_START } from "../testing/clock";
import { agent, person, type TestCore, testCore } from "../testing/core";
import { connectionRecord, grantRecord, useRecord } from "../testing/lent";
import { refusalOf } from "../testing/refusal";
import { DIRECTORY_PAGE_MAX, listDirectory, PAGE_SIZE } from "./directory";
import { findAgents } from "./find";
import { listAgents } from "./list";

let core: TestCore;
beforeAll(async () => {
  core = await testCore();
});
afterEach(() => core.clock.set(TEST_START));
afterAll(() => core.close());

const prisma = () => writingSide(core.db).prisma;
const namesOf = async (ctx: PersonCtx, filter: Parameters<typeof listDirectory>[1] = {}) =>
  (await listDirectory(ctx, filter)).agents.map(({ name }) => name);

describe("the directory of agents", () => {
  test("has what somebody owns, is second owner of, sponsors or lent to, counts each, and nobody else's", async () => {
    const [ada, bea] = [await person(core, { name: "Ada" }), await person(core, { name: "Bea" })];
    await agent(core, ada, { name: "Mine" });
    await agent(core, bea, { name: "Second", secondOwner: ada });
    await agent(core, bea, { name: "Sponsored", sponsor: ada });
    const lent = await agent(core, bea, { name: "Lent" });
    await grantRecord(core, ada, { agentId: lent.agentId, connectionId: await connectionRecord(core, ada) });
    await agent(core, bea, { name: "Not mine" });
    expect(await listDirectory(ada)).toMatchObject({
      found: 4,
      counts: { mine: 1, second: 1, lent: 1, sponsored: 1 },
      connectors: ["demo"],
      agents: [{ name: "Lent" }, { name: "Mine" }, { name: "Second" }, { name: "Sponsored" }],
    });
    expect(await namesOf(ada, { part: "mine" })).toEqual(["Mine"]);
    expect(await namesOf(ada, { part: "second" })).toEqual(["Second"]);
    expect(await namesOf(ada, { part: "sponsored" })).toEqual(["Sponsored"]);
    expect(await namesOf(ada, { part: "lent" })).toEqual(["Lent"]);
    expect(await namesOf(ada, { text: "sPON" })).toEqual(["Sponsored"]);
    expect(await namesOf(ada, { text: "%" })).toEqual([]);
    core.clock.advance({ hours: 1 });
    expect(await listDirectory(ada)).toMatchObject({ found: 3, counts: { lent: 0 } });
  });

  test("puts orphans first, and filters by standing", async () => {
    const gone = await person(core, { name: "Gone", status: "suspended" });
    const sam = await person(core);
    await agent(core, gone, { name: "Z orphan", sponsor: sam });
    await agent(core, sam, { name: "A active" });
    await agent(core, sam, { name: "B paused", status: "paused" });
    await agent(core, gone, { name: "C stands by its second owner", secondOwner: sam });
    expect(await namesOf(sam)).toEqual(["Z orphan", "A active", "B paused", "C stands by its second owner"]);
    expect(await namesOf(sam, { standing: "orphaned" })).toEqual(["Z orphan"]);
    expect(await namesOf(sam, { standing: "paused" })).toEqual(["B paused"]);
    expect(await namesOf(sam, { standing: "active" })).toEqual(["A active", "C stands by its second owner"]);
  });

  test("says what an agent can do now: the widest of one's own at each connector, and only the number of others'", async () => {
    const [ada, bea] = [await person(core), await person(core)];
    const bot = await agent(core, ada, { name: "Bot" });
    const connectionId = await connectionRecord(core, ada);
    await grantRecord(core, ada, { agentId: bot.agentId, connectionId });
    const write = await grantRecord(core, ada, { agentId: bot.agentId, connectionId });
    await prisma().grant.update({ where: { id: write }, data: { access: "write" } });
    const theirs = await grantRecord(core, bea, { agentId: bot.agentId, connectionId: await connectionRecord(core, bea) });
    await prisma().grant.update({ where: { id: theirs }, data: { access: "admin", connector: "github" } });
    const [seen] = (await listDirectory(ada)).agents;
    expect(seen).toMatchObject({ canDo: [{ connector: "demo", access: "write" }], othersGrants: 1 });
    expect((await listDirectory(ada)).connectors).toEqual(["demo"]);
    expect(await namesOf(ada, { connector: "demo" })).toEqual(["Bot"]);
    expect(await namesOf(ada, { connector: "github" })).toEqual([]);
    const [lent] = (await listDirectory(bea)).agents;
    expect(lent).toMatchObject({ part: "lent", canDo: [{ connector: "github", access: "admin" }], othersGrants: 0, lastUsedAt: null });
  });

  test("counts as can-do exactly the grants that their own page calls live", async () => {
    const ada = await person(core);
    const breaks: Record<string, (ids: { grantId: string; connectionId: string; agentId: string }) => Promise<unknown>> = {
      nothing: async () => null,
      revoked: ({ grantId: id }) => prisma().grant.update({ where: { id }, data: { revokedAt: core.clock.now() } }),
      suspended: ({ grantId: id }) => prisma().grant.update({ where: { id }, data: { suspendedAt: core.clock.now() } }),
      reconnect: ({ connectionId: id }) => prisma().connection.update({ where: { id }, data: { status: "needs_reconnect" } }),
      disconnected: ({ connectionId: id }) => prisma().connection.update({ where: { id }, data: { status: "disconnected" } }),
      keyEnded: ({ connectionId: id }) => prisma().connection.update({ where: { id }, data: { keyEndsAt: core.clock.now() } }),
      paused: ({ agentId: id }) => prisma().agent.update({ where: { id }, data: { status: "paused" } }),
      ended: ({ grantId: id }) => prisma().grant.update({ where: { id }, data: { expiresAt: core.clock.now() } }),
    };
    for (const [name, spoil] of Object.entries(breaks)) {
      const { agentId } = await agent(core, ada, { name });
      const connectionId = await connectionRecord(core, ada);
      await spoil({ agentId, connectionId, grantId: await grantRecord(core, ada, { agentId, connectionId }) });
    }
    const live = (await viewGrants(core, { personId: ada.actor.personId })).filter(({ state }) => state === "live");
    const can = (await listDirectory(ada)).agents.filter(({ canDo }) => canDo.length > 0);
    expect(can.map(({ name }) => name)).toEqual(["nothing"]);
    expect(can.map(({ id }) => id)).toEqual(live.map(({ agentId }) => agentId));
  });

  test("of a thousand comes in pages, by as many statements as one of two", async () => {
    const ada = await person(core);
    const few = await statementsOf(() => listDirectory(ada));
    const createdAt = core.clock.now();
    const data = Array.from({ length: 1000 }, (_, index) => ({
      id: `agt_many${String(index).padStart(4, "0")}`,
      name: `Bot ${String(index).padStart(4, "0")}`,
      purpose: "One of many",
      ownerId: ada.actor.personId,
      createdAt,
    }));
    await prisma().agent.createMany({ data });
    const many = await statementsOf(() => listDirectory(ada, { page: 2 }));
    expect([few.count, many.count]).toEqual([2, 2]);
    expect(many.answer).toMatchObject({ found: 1000, page: 2, pages: 1000 / PAGE_SIZE, counts: { mine: 1000 } });
    expect(many.answer.agents.map(({ name }) => name)).toEqual(data.slice(PAGE_SIZE, 2 * PAGE_SIZE).map(({ name }) => name));
  });
});

describe("the directory of all agents", () => {
  test("is for admins and auditors", async () => {
    const refused = await refusalOf(listDirectory(await person(core), { scope: "all" }));
    expect(refused).toMatchObject({ code: "forbidden", message: "Only an admin or an auditor may do this. Ask one to do it." });
    const all = await listDirectory(await person(core, { role: "auditor" }), { scope: "all" });
    expect(all.found).toBe(await core.db.agent.count());
  });

  test("puts what needs somebody first, then what is paused, counts both beyond its page, and shows the last page for one beyond it", async () => {
    const admin = await person(core, { role: "admin" });
    const [gone, sam] = [await person(core, { name: "Owner Gone", status: "removed" }), await person(core, { name: "Owner Sam" })];
    const second = await person(core, { name: "Owner Second" });
    await agent(core, sam, { name: "Shelf A", secondOwner: second });
    await agent(core, sam, { name: "Shelf B", status: "paused" });
    await agent(core, gone, { name: "Shelf C" });
    await agent(core, gone, { name: "Shelf D", status: "paused" });
    const shelf = { scope: "all", text: "SHELF" } as const;
    expect(await namesOf(admin, shelf)).toEqual(["Shelf C", "Shelf D", "Shelf B", "Shelf A"]);
    expect(await namesOf(admin, { ...shelf, standing: "paused" })).toEqual(["Shelf B"]);
    const pages = [1, 2, 3, 4, 99].map((page) => listDirectory(admin, { ...shelf, page, limit: 3 }));
    const [first, last, ...beyond] = await Promise.all(pages);
    expect([first?.agents.length, first?.page, first?.pages, first?.found]).toEqual([3, 1, 2, 4]);
    expect([last?.agents.map(({ name }) => name), last?.page]).toEqual([["Shelf A"], 2]);
    for (const one of beyond) expect(one).toEqual(last);
    const { orphaned } = (await listDirectory(admin, { scope: "all", limit: 1 })).standings;
    const everyOrphan = (await listAgents(admin, { scope: "all" })).filter((one) => one.orphaned);
    expect([orphaned, last?.standings.orphaned]).toEqual([everyOrphan.length, everyOrphan.length]);
    expect(await namesOf(admin, { scope: "all", text: "owner gone" })).toEqual(["Shelf C", "Shelf D"]);
    expect(await namesOf(admin, { scope: "all", text: "owner second" })).toEqual(["Shelf A"]);
  });

  test("tells all that there is to those who see all, and nothing of the inside to those who may only lend", async () => {
    const [ada, bea, sponsor] = [await person(core), await person(core), await person(core, { name: "Sponsor Sue" })];
    const bot = await agent(core, ada, { name: "Insides", sponsor });
    await grantRecord(core, ada, { agentId: bot.agentId, connectionId: await connectionRecord(core, ada) });
    await useRecord(core, bot.agentId);
    const [outside] = (await listDirectory(bea, { scope: "lendable", text: "insides" })).agents;
    expect(outside).toMatchObject({ part: null, sponsorName: null, lastUsedAt: null, canDo: [], othersGrants: 0 });
    const [seen] = (await listDirectory(await person(core, { role: "auditor" }), { scope: "all", text: "insides" })).agents;
    const inside = { sponsorName: "Sponsor Sue", lastUsedAt: core.clock.now(), canDo: [{ connector: "demo", access: "read" }] };
    expect(seen).toMatchObject({ part: null, ...inside, othersGrants: 0 });
  });

  test("is told as the list of agents is, a page at a time", async () => {
    const admin = await person(core, { role: "admin" });
    const sam = await person(core, { name: "Page Sam" });
    for (const name of ["Told C", "Told A", "Told B"]) await agent(core, sam, { name });
    const found = await findAgents(admin, { scope: "all", text: "told", limit: 2 });
    const whole = (await listAgents(admin, { scope: "all" })).filter(({ name }) => name.startsWith("Told"));
    expect([found.agents, found.found, found.pages]).toEqual([whole.slice(0, 2), 3, 2]);
    expect((await findAgents(sam, { text: "told" })).agents).toEqual(await listAgents(sam, { scope: "mine" }));
    const lendable = (await listAgents(await person(core), { scope: "lendable" })).filter(({ name }) => name.startsWith("Told"));
    expect((await findAgents(await person(core), { scope: "lendable", text: "told" })).agents).toEqual(lendable);
    expect((await findAgents(await person(core), { text: "told" })).agents).toEqual([]);
  });

  test("reads the last use of the agents on its page alone", async () => {
    const admin = await person(core, { role: "admin" });
    const { agentId } = await agent(core, admin, { name: "Planned" });
    const { pool } = writingSide(core.db);
    const texts: { text: string; values: unknown[] }[] = [];
    const query = pool.query.bind(pool);
    pool.query = ((...given: Parameters<typeof query>) => {
      texts.push(given[0] as unknown as (typeof texts)[0]);
      return query(...given);
    }) as typeof pool.query;
    await listDirectory(admin, { scope: "all", text: "planned" }).finally(() => {
      pool.query = query;
    });
    const page = texts.find(({ text }) => text.includes("FROM activity")) as (typeof texts)[0];
    const { rows } = await pool.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${page.text}`, page.values);
    const scans = nodesOf(rows[0]["QUERY PLAN"][0].Plan).filter((node) => node["Relation Name"]?.startsWith("activity_"));
    expect(Math.max(...scans.map((node) => node["Actual Loops"]))).toBe(1);
    expect((await core.db.agent.count()) > DIRECTORY_PAGE_MAX && agentId !== "").toBe(true);
  });
});

interface PlanNode {
  readonly "Relation Name"?: string;
  readonly "Actual Loops": number;
  readonly Plans?: readonly PlanNode[];
}

function nodesOf(plan: PlanNode): PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

describe("uses per day", () => {
  test("are counted by UTC day up to today, allowed and refused apart, and other kinds of rows not at all", async () => {
    const ada = await person(core);
    const bot = await agent(core, ada);
    core.clock.set("2026-03-10T23:59:59.000Z");
    await useRecord(core, bot.agentId);
    core.clock.set("2026-03-11T00:00:00.000Z");
    await useRecord(core, bot.agentId);
    await useRecord(core, bot.agentId, "refused");
    core.clock.set("2026-03-16T12:00:00.000Z");
    const days = (await usesPerDay(ada, { agentIds: [bot.agentId], days: 6 })).get(bot.agentId) ?? [];
    expect(days.map(({ day }) => day)).toEqual(["2026-03-11", "2026-03-12", "2026-03-13", "2026-03-14", "2026-03-15", "2026-03-16"]);
    expect(days[0]).toEqual({ day: "2026-03-11", allowed: 1, refused: 1 });
    expect(days.slice(1).every(({ allowed, refused }) => allowed + refused === 0)).toBe(true);
    const week = (await usesPerDay(ada, { agentIds: [bot.agentId], days: 7 })).get(bot.agentId) ?? [];
    expect(week[0]).toEqual({ day: "2026-03-10", allowed: 1, refused: 0 });
  });

  test("are those that the reader's activity shows: not what the agent did for other people", async () => {
    const [ada, bea] = [await person(core), await person(core)];
    const bot = await agent(core, ada);
    await useRecord(core, bot.agentId);
    await prisma().activity.updateMany({
      where: { agentId: bot.agentId },
      data: { personId: bea.actor.personId, grantId: "grt_x", connector: "demo" },
    });
    const total = async (ctx: PersonCtx, everyone = false) =>
      (await usesPerDay(ctx, { agentIds: [bot.agentId], days: 1, everyone })).get(bot.agentId)?.[0]?.allowed;
    expect(await total(bea)).toBe(1);
    expect(await total(ada)).toBe(0);
    expect(await total(ada, true)).toBe(0);
    const auditor = await person(core, { role: "auditor" });
    expect([await total(auditor), await total(auditor, true)]).toEqual([0, 1]);
  });
});

/** How many statements PostgreSQL was sent. */
async function statementsOf<T>(run: () => Promise<T>): Promise<{ count: number; answer: T }> {
  const { pool } = writingSide(core.db);
  const query = pool.query.bind(pool);
  let count = 0;
  pool.query = ((...given: Parameters<typeof query>) => {
    count += 1;
    return query(...given);
  }) as typeof pool.query;
  try {
    return { answer: await run(), count };
  } finally {
    pool.query = query;
  }
}
