import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ZodError } from "zod";
import type { PersonCtx } from "../ctx";
import { writingSide } from "../db";
import { newId } from "../ids";
import { agent, person, type TestCore, testCore } from "../testing/core";
import { EVENT_WORDS } from "./events";
import { type ActivityFilter, type ActivityView, listActivity } from "./list";

let core: TestCore;
let ada: PersonCtx;
let linus: PersonCtx;
let auditor: PersonCtx;
beforeAll(async () => {
  core = await testCore();
  [ada, linus] = [await person(core), await person(core, { name: "Linus T" })];
  auditor = await person(core, { role: "auditor" });
});
afterAll(() => core.close());

const USE = {
  kind: "use",
  event: "gateway.call",
  acting: "agent",
  target: "GET /x",
  decision: "allowed",
  reason: "within_grant",
  chain: [],
};

/** Rows at the clock's instant; their ids, newest first as the list orders them. */
async function write(rows: object[]): Promise<string[]> {
  const at = core.clock.now();
  const data = rows.map((row) => ({ ...USE, id: newId("use", at), at, personId: ada.actor.personId, ownerId: ada.actor.personId, ...row }));
  await writingSide(core.db).prisma.activity.createMany({ data });
  return data
    .map((row) => row.id)
    .sort()
    .reverse();
}

async function pages(ctx: PersonCtx, filter: ActivityFilter): Promise<ActivityView[][]> {
  const all: ActivityView[][] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await listActivity(ctx, { ...filter, ...(cursor ? { cursor } : {}) });
    all.push([...page.rows]);
    cursor = page.nextCursor;
  }
  return all;
}

const idsOf = (rows: readonly ActivityView[]) => rows.map((row) => row.id);
const find = async (filter: ActivityFilter, ctx = ada) => idsOf((await listActivity(ctx, filter)).rows);

describe("the ledger", () => {
  it("pages through many rows of one instant completely, without doubles, while new ones arrive", async () => {
    core.clock.advance({ seconds: 1 });
    const runId = "one instant";
    const wanted = await write(Array.from({ length: 230 }, () => ({ runIdClaimed: runId })));
    const first = await listActivity(ada, { runId, limit: 25 });
    core.clock.advance({ seconds: 1 });
    await write([{ runIdClaimed: runId }]);
    const rest = await pages(ada, { runId, limit: 25, cursor: first.nextCursor ?? "" });
    expect([...idsOf(first.rows), ...rest.flatMap(idsOf)]).toEqual(wanted);
    expect(rest.map((page) => page.length)).toEqual([25, 25, 25, 25, 25, 25, 25, 25, 5]);
  });

  it("is asked for all that was done about one kind of thing", async () => {
    core.clock.advance({ seconds: 1 });
    const me = linus.actor.personId;
    const run = { runIdClaimed: "nouns", kind: "change", personId: me, ownerId: me };
    const [grant] = await write([{ ...run, event: "grant.revoke" }]);
    await write([{ ...run, event: "agent.pause" }]);
    expect(await find({ runId: "nouns", noun: "grant" }, linus)).toEqual([grant]);
    expect(await find({ runId: "nouns", noun: "grant", event: "agent.pause" }, linus)).toEqual([]);
    expect(await find({ runId: "nouns", noun: "nothing" }, linus)).toEqual([]);
  });

  it("says that a page was the last when it ends exactly there", async () => {
    core.clock.advance({ seconds: 1 });
    await write(Array.from({ length: 4 }, () => ({ runIdClaimed: "four" })));
    expect((await listActivity(ada, { runId: "four", limit: 4 })).nextCursor).toBeNull();
    expect((await pages(ada, { runId: "four", limit: 2 })).map((page) => page.length)).toEqual([2, 2]);
  });

  it("takes a cursor that is not its own for the first page", async () => {
    const first = await find({ limit: 3 });
    for (const cursor of ["x", "' or 1=1", "zzzzzzzzzzz.x", "0.", "a.b.c", "🙂"]) expect(await find({ limit: 3, cursor })).toEqual(first);
  });

  it("filters by each of its columns, and by all at once", async () => {
    core.clock.advance({ days: 1 });
    const bot = await agent(core, ada);
    const row = { agentId: bot.agentId, connector: "demo", connectionId: "con_f", grantId: "grt_f", runIdClaimed: "run-f" };
    const at = core.clock.now();
    const [hit] = await write([{ ...row, acting: "system", kind: "change", event: "grant.mint", decision: "refused" }]);
    core.clock.advance({ days: 1 });
    await write([{ connector: "github" }]);
    const filters: ActivityFilter[] = [
      { agentId: bot.agentId },
      { connector: "demo" },
      { connectionId: "con_f" },
      { grantId: "grt_f" },
      { runId: "run-f" },
      { acting: "system" },
      { kind: "change" },
      { event: "grant.mint" },
      { decision: "refused" },
      { from: at, to: new Date(at.getTime() + 1) },
    ];
    for (const filter of filters) expect([filter, await find(filter)]).toEqual([filter, [hit]]);
    expect(await find(Object.assign({}, ...filters, { personId: ada.actor.personId }))).toEqual([hit]);
    expect(await find({ grantId: "grt_f", decision: "allowed" })).toEqual([]);
    expect(await find({ from: at, to: at })).toEqual([]);
  });

  it("shows members what they did, what was done on their authority and what touched theirs, and nothing else", async () => {
    core.clock.advance({ days: 1 });
    const [me, other] = [ada.actor.personId, linus.actor.personId];
    const connector = "seen";
    const [mine] = await write([{ connector, personId: me, ownerId: me }]);
    const [byAnother] = await write([{ connector, personId: other, ownerId: me }]);
    const [onAnothers] = await write([{ connector, personId: me, ownerId: other }]);
    const [theirs] = await write([{ connector, personId: other, ownerId: other }]);
    const [nobodys] = await write([{ connector, personId: null, ownerId: null }]);
    expect((await find({ connector })).sort()).toEqual([mine, byAnother, onAnothers].sort());
    expect((await find({ connector, everyone: true })).sort()).toEqual([mine, byAnother, onAnothers].sort());
    expect(await find({ connector, personId: other })).toEqual([byAnother]);
    expect(await find({ connector }, auditor)).toEqual([]);
    const all = [mine, byAnother, onAnothers, theirs, nobodys].sort();
    expect((await find({ connector, everyone: true }, auditor)).sort()).toEqual(all);
  });

  it("names both principals and tells the event in words; a verified run id comes before a claimed one", async () => {
    core.clock.advance({ days: 1 });
    const bot = await agent(core, linus, { name: "Release bot" });
    await write([
      { agentId: bot.agentId, event: "token.exchange", ownerId: linus.actor.personId, runIdClaimed: "claimed", runIdVerified: "verified" },
    ]);
    const { rows } = await listActivity(ada, { agentId: bot.agentId });
    expect(rows).toMatchObject([
      {
        words: "fetched access",
        acting: "agent",
        person: { id: ada.actor.personId, name: "Ada Lovelace" },
        agent: { id: bot.agentId, name: "Release bot" },
        owner: { id: linus.actor.personId, name: "Linus T" },
        runId: "verified",
      },
    ]);
  });

  it("has a word for every event", () => {
    for (const words of Object.values(EVENT_WORDS)) expect(words).toMatch(/^[a-z][A-Za-z' ]+$/);
  });

  it("refuses filters that are not in the table, and pages of more than 200", async () => {
    for (const filter of [{ limit: 201 }, { limit: 0 }, { ownerId: "x" }, { OR: [] }, { acting: "root" }]) {
      await expect(listActivity(ada, filter as ActivityFilter)).rejects.toBeInstanceOf(ZodError);
    }
  });
});
