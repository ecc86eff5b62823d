import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PersonCtx } from "../ctx";
import { openDatabase, writingSide } from "../db";
import { newId } from "../ids";
import { agent, person, type TestCore, testCore } from "../testing/core";
import { type ChartInput, chartActivity, chartInput, chartOfRows } from "./chart";
import { pieces } from "./countBars";
import { fitting, listActivity } from "./list";
import { readRolled, rollUpActivity } from "./rollUp";
import { usesPerDay } from "./usesPerDay";

const DAY = 86_400_000;
let core: TestCore;
let readers: PersonCtx[];
let agents: string[];
beforeAll(async () => {
  core = await testCore();
  readers = [await person(core), await person(core), await person(core, { role: "auditor" })];
  const [ada, linus] = readers as [PersonCtx, PersonCtx];
  agents = [(await agent(core, ada)).agentId, (await agent(core, linus, { sponsor: ada })).agentId];
});
afterAll(() => core.close());

const pool = () => writingSide(core.db).pool;
const ids = () => readers.map(({ actor }) => actor.personId);
const pick = <T>(from: readonly T[], by: number) => from[by % from.length] as T;

interface Row {
  readonly by: number;
  /** Milliseconds before the moment at which the clock stands. */
  readonly ago: number;
}

/** Every column that is counted by follows from one number, each in its own way. */
function rowOf({ by, ago }: Row) {
  const at = new Date(core.clock.now().getTime() - ago);
  const account = by % 3 > 0;
  return {
    ...{
      id: newId("use", at),
      at,
      kind: pick(["use", "change"], by >> 1),
      event: pick(["gateway.call", "token.exchange", "grant.mint"], by),
    },
    ...{ acting: pick(["person", "agent", "system"], by >> 2), decision: pick(["allowed", "allowed", "refused"], by >> 3), reason: "x" },
    ...{ personId: pick([null, ...ids()], by >> 4), ownerId: pick([null, ...ids()], by >> 5), agentId: pick([null, ...agents], by >> 6) },
    ...{
      connector: account ? pick(["demo", "github"], by >> 7) : null,
      connectionId: account ? "con_a" : null,
      grantId: by % 5 > 0 && account ? "grt_a" : null,
    },
    ...{
      pattern: pick([null, "own", "delegated"], by >> 8),
      runIdClaimed: pick([null, "run-1"], by >> 9),
      target: pick(["GET /x", "POST /y"], by),
      chain: [],
    },
  };
}

const write = (rows: readonly Row[]) => writingSide(core.db).prisma.activity.createMany({ data: rows.map(rowOf) });

const seldom = <T>(...values: T[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constantFrom(...values) });
const shift = () =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.integer({ min: -DAY, max: 75 * DAY }) });
const anyRow = fc.record({
  by: fc.integer({ min: 0, max: 1 << 20 }),
  ago: fc.oneof(fc.integer({ min: -3 * DAY, max: 70 * DAY }), fc.integer({ min: 0, max: DAY })),
});
const anyFilter = fc.record({
  ...{
    kind: seldom("use", "change"),
    decision: seldom("allowed", "refused"),
    acting: seldom("person", "agent", "system"),
    noun: seldom("token", "grant"),
  },
  ...{
    person: seldom(0, 1, 2),
    agent: seldom(0, 1),
    connector: seldom("demo", "github"),
    pattern: seldom("own"),
    text: seldom("get"),
    runId: seldom("run-1"),
  },
  ...{ grantId: seldom("grt_a"), from: shift(), to: shift() },
  everyone: fc.boolean(),
});

function filterOf({
  person: whose,
  agent: which,
  from,
  to,
  ...rest
}: typeof anyFilter extends fc.Arbitrary<infer T> ? T : never): ChartInput {
  const before = (shift?: number) => (shift === undefined ? undefined : new Date(core.clock.now().getTime() - shift));
  const named = { personId: whose === undefined ? undefined : ids()[whose], agentId: which === undefined ? undefined : agents[which] };
  return Object.fromEntries(
    Object.entries({ ...rest, ...named, from: before(from), to: before(to) }).filter(([, value]) => value !== undefined),
  );
}

async function byRows(ctx: PersonCtx, input: ChartInput) {
  const { from, to, ...about } = chartInput.parse(input);
  return chartOfRows(ctx, { where: await fitting(ctx, about), from, to, end: to ?? new Date(ctx.clock.now().getTime() + 1) });
}

/** How many rows are in a chart, which is the same either way. */
async function rowsOfBoth([reader, filter]: readonly [
  number,
  typeof anyFilter extends fc.Arbitrary<infer T> ? T : never,
]): Promise<number> {
  const [ctx, input] = [readers[reader] as PersonCtx, filterOf(filter)];
  const chart = await chartActivity(ctx, input);
  expect(chart).toEqual(await byRows(ctx, input));
  expect(await pagesOf(ctx, input)).toEqual(await allOf(ctx, input));
  return chart.rows;
}

/** A few short pages of the list, as they follow one another. */
async function pagesOf(ctx: PersonCtx, filter: ChartInput): Promise<string[]> {
  const found: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null && found.length < SHOWN; ) {
    const page = await listActivity(ctx, { ...filter, limit: 7, ...(cursor ? { cursor } : {}) });
    found.push(...page.rows.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  return found;
}

const SHOWN = 28;

/** The same without ways, cells or places: one condition, sorted. */
async function allOf(ctx: PersonCtx, filter: ChartInput): Promise<string[]> {
  const { from, to, ...about } = chartInput.parse(filter);
  const bounds = [...(from ? [{ at: { gte: from } }] : []), ...(to ? [{ at: { lt: to } }] : [])];
  const where = { AND: [await fitting(ctx, about), ...bounds] };
  return (await core.db.activity.findMany({ where, orderBy: [{ at: "desc" }, { id: "desc" }], take: SHOWN })).map(({ id }) => id);
}

async function listed(ctx: PersonCtx, filter: ChartInput): Promise<number> {
  let count = 0;
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await listActivity(ctx, { ...filter, limit: 200, ...(cursor ? { cursor } : {}) });
    count += page.rows.length;
    cursor = page.nextCursor;
  }
  return count;
}

const cells = async () => Number((await pool().query("select count(*) as cells from activity_counts")).rows[0].cells);

describe("counting activity into cells", () => {
  it("changes no chart and no list: at any moment, of any reader and filter, they are those of the rows one by one, also where rows come late", async () => {
    let seen = 0;
    const step = fc.record({
      rows: fc.array(anyRow, { maxLength: 25 }),
      rolls: fc.boolean(),
      asked: fc.array(fc.tuple(fc.constantFrom(0, 1, 2), anyFilter), { minLength: 2, maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 3 }), async (steps) => {
        for (const { rows, rolls, asked } of steps) {
          await write(rows);
          if (rolls) await rollUpActivity(core, 0);
          for (const one of asked) seen += await rowsOfBoth(one);
        }
      }),
      { numRuns: 25 },
    );
    expect(seen).toBeGreaterThan(250);
    expect(await cells()).toBeGreaterThan(500);
    const [ada, , auditor] = readers as [PersonCtx, PersonCtx, PersonCtx];
    for (const [ctx, filter] of [
      [ada, {}],
      [auditor, { everyone: true, decision: "refused" }],
    ] as const)
      expect((await chartActivity(ctx, filter)).rows).toBe(await listed(ctx, filter));
  });

  it("tells the uses of agents by day from cells and rows together, to each reader theirs", async () => {
    const asked = { agentIds: agents, days: 31, everyone: true };
    await rollUpActivity(core, 0);
    await write(Array.from({ length: 40 }, (_, index) => ({ by: index * 977, ago: index * DAY })));
    const before = await Promise.all(readers.map((ctx) => usesPerDay(ctx, asked)));
    await rollUpActivity(core, 0);
    expect(await Promise.all(readers.map((ctx) => usesPerDay(ctx, asked)))).toEqual(before);
    await pool().query("update activity_rolled set seq = 0");
    await pool().query("delete from activity_counts");
    expect(await Promise.all(readers.map((ctx) => usesPerDay(ctx, asked)))).toEqual(before);
    expect([...(before[2]?.values() ?? [])].flat().some(({ allowed, refused }) => allowed > 0 && refused > 0)).toBe(true);
  });

  it("leaves out no row that was begun before others and committed after them", async () => {
    await rollUpActivity(core, 0);
    const auditor = readers[2] as PersonCtx;
    const count = async () => (await chartActivity(auditor, { everyone: true })).rows;
    const before = await count();
    const slow = new pg.Client({ connectionString: core.databaseUrl });
    await slow.connect();
    try {
      await slow.query("begin");
      const text = `insert into activity (id, at, kind, event, acting, target, decision, reason, chain) values ($1, $2, 'use', 'gateway.call', 'agent', 'late', 'allowed', 'x', '[]')`;
      await slow.query(text, [newId("use", core.clock.now()), core.clock.now()]);
      await write([{ by: 1, ago: 5 }]);
      const rolling = rollUpActivity(core, 0);
      expect(await count()).toBe(before + 1);
      await slow.query("commit");
      expect(await rolling).not.toBeNull();
      expect(await count()).toBe(before + 2);
      await rollUpActivity(core, 0);
      expect(await count()).toBe(before + 2);
    } finally {
      await slow.end();
    }
  });

  it("counts each row once, however many processes are at it", async () => {
    const auditor = readers[2] as PersonCtx;
    const others = [1, 2, 3].map(() => openDatabase(core.databaseUrl, { poolMax: 4 }));
    try {
      await Promise.all([
        ...Array.from({ length: 6 }, (_, index) =>
          write(Array.from({ length: 30 }, (_, row) => ({ by: row * 31 + index, ago: row * 1000 }))),
        ),
        ...others.flatMap((db) => [rollUpActivity(db, 0), rollUpActivity(db, 0)]),
      ]);
      await Promise.all(others.map((db) => rollUpActivity(db, 0)));
      const { rows } = await pool().query(
        "select (select count(*) from activity)::int as rows, (select sum(rows) from activity_counts where seconds = 600)::int as counted",
      );
      expect(rows[0].counted).toBe(rows[0].rows);
      expect((await chartActivity(auditor, { everyone: true })).rows).toBe(rows[0].rows);
    } finally {
      await Promise.all(others.map((db) => db.close()));
    }
  });

  it("leaves a few rows for whoever reads, and begins again where rows were changed by hand", async () => {
    expect(await rollUpActivity(core)).toBeNull();
    const auditor = readers[2] as PersonCtx;
    const refused = async () => (await chartActivity(auditor, { everyone: true, decision: "refused" })).rows;
    const before = await refused();
    await pool().query("update activity set decision = 'refused' where id = (select id from activity where decision = 'allowed' limit 1)");
    expect([await refused(), await cells(), (await readRolled(core.db)).seq]).toEqual([before + 1, 0, "0"]);
    await rollUpActivity(core, 0);
    expect(await refused()).toBe(before + 1);
    await pool().query("delete from activity where id = (select id from activity where decision = 'refused' limit 1)");
    expect(await refused()).toBe(before);
  });
});

describe("a text among many rows", () => {
  it("is looked for in so many for one page, and found on further pages where they are short or empty; its chart says that it is cut", async () => {
    const stranger = await person(core);
    const at = (index: number) => new Date(core.clock.now().getTime() - 100 * DAY - index * 7 * 3_600_000);
    const data = Array.from({ length: 60 }, (_, index) => ({
      ...{
        id: newId("use", at(index)),
        at: at(index),
        kind: "use",
        event: "gateway.call",
        acting: "agent",
        decision: "allowed",
        reason: "x",
        chain: [],
      },
      ...{ personId: stranger.actor.personId, target: index === 3 || index > 40 ? "GET /needle" : "GET /hay" },
    }));
    await writingSide(core.db).prisma.activity.createMany({ data });
    await rollUpActivity(core, 0);
    const lengths: number[] = [];
    const found: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await listActivity(stranger, { text: "needle", ...(cursor ? { cursor } : {}) }, 100);
      lengths.push(page.rows.length);
      found.push(...page.rows.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(found).toEqual(data.filter(({ target }) => target === "GET /needle").map(({ id }) => id));
    // Ten rows for a page: somebody's own are a tenth of what is looked through of everybody's.
    expect(lengths.slice(0, 3)).toEqual([1, 0, 0]);
    expect(await chartActivity(stranger, { text: "needle" }, 100)).toMatchObject({ rows: 1, cut: true });
    expect(await chartActivity(stranger, { text: "needle" })).toMatchObject({ rows: 20, cut: false });
  });
});

describe("a span of time in pieces", () => {
  it("is covered whole and once, by cells on their own bounds and a rest shorter than the narrowest", () => {
    const widths = [7 * 86_400, 86_400, 3600, 600];
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), fc.integer({ min: 1, max: 1e10 }), (from, length) => {
        const { whole, rest } = pieces([from, from + length], widths);
        const all = [...whole.map(({ span }) => span), ...rest].sort(([left], [right]) => left - right);
        expect(all[0]?.[0]).toBe(from);
        expect(all.at(-1)?.[1]).toBe(from + length);
        expect(all.every(([begins], index) => index === 0 || begins === all[index - 1]?.[1])).toBe(true);
        expect(rest.every(([begins, ends]) => ends - begins < 1_200_000)).toBe(true);
      }),
    );
  });
});
