import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writingSide } from "../db";
import { newId } from "../ids";
import { type TestCore, testCore } from "../testing/core";
import { newestPlaces } from "./newest";
import { rollUpActivity } from "./rollUp";

let core: TestCore;
beforeAll(async () => {
  core = await testCore();
});
afterAll(() => core.close());

const ME = "per_me";
const VISIBLE = { OR: [{ personId: ME }, { ownerId: ME }] };
const WHERE = { AND: [VISIBLE, { decision: "refused" }] };

/** Mine by one way come often and by the other seldom, each in its own rhythm; so do those that were refused. */
async function write(): Promise<void> {
  const data = Array.from({ length: 400 }, (_, number) => {
    const at = new Date(core.clock.now().getTime() - Math.floor(number / 3) * 1000);
    const mine = { personId: number % 2 === 0 ? ME : "per_other", ownerId: number % 7 === 0 ? ME : null };
    const how = { kind: "use", event: "token.exchange", acting: "agent", decision: number % 5 < 2 ? "refused" : "allowed", reason: "x" };
    return { id: newId("use", at), at, target: "x", chain: [], ...mine, ...how };
  });
  await writingSide(core.db).prisma.activity.createMany({ data });
}

it("finds the newest that fit, however few rows of each way are looked through first", async () => {
  await write();
  await rollUpActivity(core, 0);
  const orderBy = [{ at: "desc" as const }, { id: "desc" as const }];
  const every = (await core.db.activity.findMany({ where: WHERE, orderBy })).map(({ id, at }) => ({ id, at }));
  expect(every.length).toBeGreaterThan(80);
  const whole = { where: WHERE, known: VISIBLE, from: undefined, to: undefined, seldom: true } as const;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: -1, max: 80 }),
      async (limit, through, place) => {
        const found = await newestPlaces(core.db, { ...whole, after: every[place] ?? null, limit }, through);
        expect(found).toEqual(every.slice(place + 1, place + 1 + limit));
      },
    ),
    { numRuns: 60 },
  );
});
