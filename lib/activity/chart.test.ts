import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PersonCtx } from "../ctx";
import { writingSide } from "../db";
import { newId } from "../ids";
import { agent, person, type TestCore, testCore } from "../testing/core";
import { BARS_MAX, type ChartInput, chartActivity } from "./chart";
import { listActivity } from "./list";

const DAY = 86_400_000;
let core: TestCore;
let readers: PersonCtx[];
let agents: string[];
beforeAll(async () => {
  core = await testCore();
  const [ada, linus, auditor] = [await person(core), await person(core), await person(core, { role: "auditor" })];
  readers = [ada, linus, auditor];
  agents = [(await agent(core, ada)).agentId, (await agent(core, linus, { sponsor: ada })).agentId];
  await seed();
});
afterAll(() => core.close());

const CONNECTORS = [null, "demo", "github"];
const TARGETS = ["GET /x", "GET /100%", "POST /a_b", "Grant to Triage bot"];

/** 600 rows over forty days, of everybody, by every hand: each column varies on its own. */
async function seed(): Promise<void> {
  const end = core.clock.now().getTime();
  const [people, owners] = [readers.map(({ actor }) => actor.personId), [null, ...readers.map(({ actor }) => actor.personId)]];
  const data = Array.from({ length: 600 }, (_, index) => {
    const pick = <T>(from: readonly T[], every: number) => from[Math.floor(index / every) % from.length] as T;
    const at = new Date(end - Math.floor((index * index * DAY) / 9_000));
    return {
      ...{ id: newId("use", at), at, kind: pick(["use", "change"], 7), event: pick(["gateway.call", "token.exchange"], 2) },
      ...{ acting: pick(["person", "agent", "system"], 1), decision: pick(["allowed", "allowed", "refused"], 5), reason: "x" },
      ...{ personId: pick([null, ...people], 3), ownerId: pick(owners, 4), agentId: pick([null, ...agents], 2), chain: [] },
      ...{ connector: pick(CONNECTORS, 6), connectionId: pick([null, "con_a"], 3), grantId: pick([null, "grt_a"], 8) },
      ...{ pattern: pick([null, "own", "delegated"], 1), runIdClaimed: pick([null, "run-1"], 9), runIdVerified: pick([null, "run-2"], 11) },
      target: pick(TARGETS, 1),
    };
  });
  await writingSide(core.db).prisma.activity.createMany({ data });
}

async function listed(ctx: PersonCtx, filter: ChartInput) {
  const rows: { at: Date; acting: string; decision: string }[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await listActivity(ctx, { ...filter, limit: 200, ...(cursor ? { cursor } : {}) });
    rows.push(...page.rows);
    cursor = page.nextCursor;
  }
  return rows;
}

const handOf = (row: { acting: string; decision: string }) =>
  row.decision === "refused" ? "refused" : ({ person: "people", agent: "agents", system: "valet" } as const)[row.acting];

/** Seldom set: of a filter by everything at once hardly a row is left. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>) => fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
const maybe = <T>(...values: T[]) => seldom(fc.constantFrom(...values));
const moment = () => seldom(fc.integer({ min: -45 * DAY, max: 2 * DAY }));
const anyFilter = fc.record({
  ...{ acting: maybe("person", "agent", "system"), kind: maybe("change", "use"), event: maybe("gateway.call", "token.exchange") },
  ...{ decision: maybe("allowed", "refused"), person: maybe(0, 1, 2), agent: maybe(0, 1), connector: maybe("demo", "github") },
  ...{ connectionId: maybe("con_a"), grantId: maybe("grt_a", "grt_b"), runId: maybe("run-1", "run-2"), pattern: maybe("own", "delegated") },
  ...{ text: maybe("get", "%", "_", "nothing"), from: moment(), to: moment(), everyone: fc.boolean() },
});

function filterOf({
  person: whose,
  agent: which,
  from,
  to,
  ...rest
}: typeof anyFilter extends fc.Arbitrary<infer T> ? T : never): ChartInput {
  const after = (shift: number) => new Date(core.clock.now().getTime() + shift);
  const all = {
    ...rest,
    ...{
      personId: whose === undefined ? undefined : readers[whose]?.actor.personId,
      agentId: which === undefined ? undefined : agents[which],
    },
    ...{ from: from === undefined ? undefined : after(from), to: to === undefined ? undefined : after(to) },
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as ChartInput;
}

describe("the chart of activity", () => {
  it("counts exactly the rows that its reader is listed, whatever the filter: each once, in its span of time and by its hand", async () => {
    let seen = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(0, 1, 2), fc.array(anyFilter, { minLength: 1, maxLength: 1 }), async (reader, [filter]) => {
        const [ctx, asked] = [readers[reader] as PersonCtx, filterOf(filter as never)];
        const [{ bars, rows, cut }, wanted] = [await chartActivity(ctx, asked), await listed(ctx, asked)];
        expect([rows, cut]).toEqual([wanted.length, false]);
        seen += wanted.length > 0 ? 1 : 0;
        for (const bar of bars) {
          const within = wanted.filter(({ at }) => at >= bar.from && at < bar.to).map(handOf);
          const count = (hand: string) => within.filter((one) => one === hand).length;
          expect(bar).toMatchObject({ people: count("people"), agents: count("agents"), valet: count("valet"), refused: count("refused") });
        }
        expect(bars.length).toBeLessThanOrEqual(BARS_MAX);
        expect(wanted.filter(({ at }) => !bars.some((bar) => at >= bar.from && at < bar.to))).toEqual([]);
      }),
      { numRuns: 120 },
    );
    expect(seen).toBeGreaterThan(60);
  });

  it("does not count what its reader may not see, also when a member asks for everybody's", async () => {
    const [ada, , auditor] = readers as [PersonCtx, PersonCtx, PersonCtx];
    const stranger = await person(core);
    expect((await chartActivity(stranger, { everyone: true })).rows).toBe(0);
    const own = await chartActivity(ada, { everyone: true });
    expect(own.rows).toBe((await chartActivity(ada)).rows);
    expect(own.rows).toBeGreaterThan(0);
    expect((await chartActivity(auditor, { everyone: true })).rows).toBe(600);
  });

  it("has bars side by side, of a width that can be read off a clock, from the first row to now", async () => {
    const { bars, barSeconds } = await chartActivity(readers[2] as PersonCtx, { everyone: true });
    expect(barSeconds).toBe(DAY / 1000);
    expect(bars.every((bar, index) => index === 0 || bar.from.getTime() === bars[index - 1]?.to.getTime())).toBe(true);
    expect(bars[0]?.from.toISOString()).toMatch(/T00:00:00.000Z$/);
    const [first, last, now] = [bars[0], bars.at(-1), core.clock.now()];
    expect(first && first.people + first.agents + first.valet + first.refused).toBeGreaterThan(0);
    expect(last && last.from <= now && last.to > now).toBe(true);
  });

  it.each([
    [30, 1],
    [3_600, 60],
    [7_200, 120],
    [86_400, 1_800],
    [7 * 86_400, 3 * 3600],
    [30 * 86_400, 43_200],
    [400 * 86_400, 7 * 86_400],
  ])("draws %i seconds in bars of %i", async (span, width) => {
    const to = new Date("2026-01-05T00:00:00Z");
    const chart = await chartActivity(readers[0] as PersonCtx, { from: new Date(to.getTime() - span * 1000), to });
    expect(chart.barSeconds).toBe(width);
    expect(chart.bars.length).toBeLessThanOrEqual(BARS_MAX);
  });

  it("keeps to the asked time at both ends, and knows that nothing lies between a later and an earlier one", async () => {
    const [from, to] = [new Date("2026-01-05T10:07:00Z"), new Date("2026-01-05T11:03:00Z")];
    const { bars } = await chartActivity(readers[0] as PersonCtx, { from, to });
    expect([bars[0]?.from, bars.at(-1)?.to]).toEqual([from, to]);
    expect((await chartActivity(readers[0] as PersonCtx, { from: to, to: from })).bars).toEqual([]);
    const all = await chartActivity(readers[2] as PersonCtx, { from: new Date(0), to: new Date("9998-01-01"), everyone: true });
    expect([all.rows, all.bars.length <= BARS_MAX]).toEqual([600, true]);
  });

  it("of more rows than it counts has the newest, and says that there are older ones", async () => {
    const [reader, everyone] = [readers[2] as PersonCtx, true];
    const all = await listed(reader, { everyone });
    const oldest = all[99]?.at as Date;
    const { rows, cut, bars } = await chartActivity(reader, { everyone }, 100);
    expect([rows, cut]).toEqual([all.filter(({ at }) => at >= oldest).length, true]);
    expect(bars.every(({ to }) => to > oldest)).toBe(true);
    expect(await chartActivity(reader, { everyone }, 600)).toMatchObject({ rows: 600, cut: false });
  });
});
