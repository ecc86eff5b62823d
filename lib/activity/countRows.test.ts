import { afterAll, beforeAll, expect, it } from "vitest";
import { writingSide } from "../db";
import { newId } from "../ids";
import { type TestCore, testCore } from "../testing/core";
import { countByAgent, countRows } from "./countRows";
import { readRolled, rollUpActivity } from "./rollUp";

const HOUR = 3_600_000;
const WHERE = { kind: "use", decision: "refused" } as const;
let core: TestCore;
beforeAll(async () => {
  core = await testCore();
});
afterAll(() => core.close());

const before = (milliseconds: number) => new Date(core.clock.now().getTime() - milliseconds);

/** One row each 47 minutes of ten days: every third refused, by three agents or none, some of them changes. */
async function write(numbers: readonly number[]): Promise<void> {
  const data = numbers.map((number) => {
    const at = before(number * 47 * 60_000);
    const of = { agentId: [null, "agt_a", "agt_b", "agt_c"][number % 4] ?? null, kind: number % 5 === 0 ? "change" : "use" };
    const how = { event: "token.exchange", acting: "agent", decision: number % 3 === 0 ? "refused" : "allowed", reason: "x" };
    return { id: newId("use", at), at, target: "x", chain: [], ...of, ...how };
  });
  await writingSide(core.db).prisma.activity.createMany({ data });
}

async function byRows(from: Date, to: Date): Promise<[number, Record<string, number>]> {
  const rows = await core.db.activity.findMany({ where: { ...WHERE, at: { gte: from, lt: to } } });
  const agents: Record<string, number> = {};
  for (const { agentId } of rows) if (agentId) agents[agentId] = (agents[agentId] ?? 0) + 1;
  return [rows.length, agents];
}

/** Of whole cells, of parts of them, of less than one, and of nothing. */
const SPANS = [
  [240, 0],
  [200.3, 7.9],
  [100, 76],
  [24.2, 0.1],
  [0.4, 0.1],
  [0, 0],
] as const;

it("counts the rows of a span, by agent too: before they are in cells, when all are, and when some came later", async () => {
  const numbers = Array.from({ length: 306 }, (_, number) => number);
  await write(numbers.filter((number) => number % 7 > 0));
  const agree = async () => {
    for (const [first, last] of SPANS) {
      const [from, to] = [before(first * HOUR), before(last * HOUR)];
      const [all, agents] = await byRows(from, to);
      expect(await countRows(core.db, WHERE, { from, to })).toBe(all);
      expect(Object.fromEntries(await countByAgent(core.db, WHERE, { from, to }))).toEqual(agents);
    }
  };
  expect((await byRows(before(240 * HOUR), before(0)))[0]).toBeGreaterThan(50);
  await agree();
  await rollUpActivity(core, 0);
  expect((await readRolled(core.db)).seq).not.toBe("0");
  await agree();
  await write(numbers.filter((number) => number % 7 === 0));
  await agree();
});

it("counts by rows where cells cannot tell", async () => {
  const span = { from: before(240 * HOUR), to: before(0) };
  const where = { ...WHERE, target: { contains: "X", mode: "insensitive" } } as const;
  expect(await countRows(core.db, where, span)).toBe(await countRows(core.db, WHERE, span));
});
