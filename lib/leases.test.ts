import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openDatabase, writingSide } from "./db";
import { newId } from "./ids";
import { createLeases, type Exhausted, type Leases, type Quota } from "./leases";
import { type TestCore, testCore } from "./testing/core";

let core: TestCore;
beforeAll(async () => {
  core = await testCore();
});
afterAll(() => core.close());

const client = () => newId("agt", new Date());
const process = (limit: number) => createLeases(writingSide(core.db).pool, limit);
const passed = (answers: readonly (Quota | Exhausted)[]) => answers.filter((answer) => !("refusal" in answer)).length;
const spend = (leases: Leases, name: string) => leases.spend(name, core.clock.now());

/** A pool that counts what it is asked. */
function counting(): { pool: pg.Pool; asked: () => number } {
  const pool = new pg.Pool({ connectionString: core.databaseUrl, max: 2 });
  let count = 0;
  const query = pool.query.bind(pool) as (...args: unknown[]) => unknown;
  pool.query = ((...args: unknown[]) => {
    count += 1;
    return query(...args);
  }) as typeof pool.query;
  return { pool, asked: () => count };
}

it("asks the database once for a hundredth of the limit, not for each request", async () => {
  const { pool, asked } = counting();
  const leases = createLeases(pool, 6000);
  const name = client();
  for (let index = 0; index < 60; index += 1)
    expect(await spend(leases, name)).toEqual({ limit: 6000, windowSeconds: 60, remaining: 5999 - index, resetSeconds: 60 });
  expect(asked()).toBe(1);
  await spend(leases, name);
  expect(asked()).toBe(2);
  await Promise.all(Array.from({ length: 600 }, () => spend(leases, name)));
  expect(asked()).toBe(12);
  await pool.end();
});

it("refuses what is over the limit until the minute ends, without asking the database again", async () => {
  const { pool, asked } = counting();
  const leases = createLeases(pool, 3);
  const name = client();
  for (let index = 0; index < 3; index += 1) expect(await spend(leases, name)).toMatchObject({ remaining: 2 - index });
  core.clock.advance({ seconds: 20 });
  const before = asked();
  const over = (await spend(leases, name)) as Exhausted;
  expect(over.quota).toEqual({ limit: 3, windowSeconds: 60, remaining: 0, resetSeconds: 40 });
  expect(over.refusal).toMatchObject({
    code: "too_many_requests",
    reason: "client_rate",
    retryAfterSeconds: 40,
    message: "This client has sent its 3 requests of this minute. Wait 40 seconds.",
  });
  expect([passed([await spend(leases, name)]), asked()]).toEqual([0, before]);
  expect(passed([await spend(leases, client())])).toBe(1);
  core.clock.advance({ seconds: 40 });
  expect(await spend(leases, name)).toMatchObject({ remaining: 2, resetSeconds: 60 });
  await pool.end();
});

it("holds over two processes at once: never more than the limit, and all of it when both ask on", async () => {
  const second = openDatabase(core.databaseUrl, { poolMax: 4 });
  for (const limit of [1, 7, 250, 1000]) {
    const processes = [process(limit), createLeases(writingSide(second.db).pool, limit)];
    const name = client();
    const answers = await Promise.all(processes.flatMap((leases) => Array.from({ length: limit }, () => spend(leases, name))));
    expect([limit, passed(answers)]).toEqual([limit, limit]);
  }
  await second.close();
});

it("loses what one process leased and did not spend: the others get less, never more", async () => {
  const [one, two] = [process(1000), process(1000)];
  const name = client();
  await spend(one, name);
  const answers = await Promise.all(Array.from({ length: 1100 }, () => spend(two, name)));
  expect(passed(answers)).toBe(990);
});

it("whatever is asked by whom and when, no minute has more than the limit", async () => {
  const step = fc.record({ by: fc.nat(2), count: fc.integer({ min: 1, max: 40 }), wait: fc.integer({ min: 0, max: 25 }) });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 400 }), fc.array(step, { maxLength: 12 }), async (limit, steps) => {
      const processes = [process(limit), process(limit), process(limit)] as const;
      const name = client();
      let [minuteEnds, inMinute] = [0, 0];
      for (const { by, count, wait } of steps) {
        core.clock.advance({ seconds: wait });
        const now = core.clock.now().getTime();
        if (now >= minuteEnds) [minuteEnds, inMinute] = [now + 60_000, 0];
        const leases = processes[by] as Leases;
        inMinute += passed(await Promise.all(Array.from({ length: count }, () => spend(leases, name))));
        expect(inMinute).toBeLessThanOrEqual(limit);
      }
    }),
    { numRuns: 30 },
  );
});

it("gives nothing uncounted while the database is away", async () => {
  const pool = new pg.Pool({ connectionString: "postgresql://nobody@127.0.0.1:9/none", connectionTimeoutMillis: 500 });
  const leases = createLeases(pool, 10);
  await expect(spend(leases, client())).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await expect(spend(leases, client())).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await pool.end();
});
