import { afterAll, beforeAll, expect, it } from "vitest";
import type { PersonCtx } from "../ctx";
import { writingSide } from "../db";
import { newId } from "../ids";
import { person, type TestCore, testCore } from "../testing/core";
import { followActivity } from "./follow";

let core: TestCore;
let ada: PersonCtx;
beforeAll(async () => {
  core = await testCore();
  ada = await person(core);
});
afterAll(() => core.close());

async function write(target: string, more: object = {}): Promise<void> {
  const at = core.clock.now();
  const row = { kind: "use", event: "gateway.call", acting: "agent", decision: "allowed", reason: "within_grant", chain: [] };
  const whose = { personId: ada.actor.personId, ownerId: ada.actor.personId };
  await writingSide(core.db).prisma.activity.create({ data: { ...row, ...whose, id: newId("use", at), at, target, ...more } });
}

/** Follows while the steps happen, one between each two looks; answers what was told after each. */
async function follow(steps: readonly (() => Promise<void>)[], filter = {}): Promise<string[][]> {
  const told: string[][] = [];
  const left = [...steps];
  const wait = async () => {
    const step = left.shift();
    await step?.();
    return step !== undefined;
  };
  for await (const rows of await followActivity(ada, filter, wait)) told.push(rows.map(({ target }) => target));
  return told;
}

it("tells what is written from now on, each row once, oldest first", async () => {
  await write("before");
  const told = await follow([
    async () => undefined,
    async () => {
      core.clock.advance({ seconds: 1 });
      await write("first");
      core.clock.advance({ seconds: 1 });
      await write("second");
    },
    async () => void core.clock.advance({ seconds: 1 }),
    () => write("third"),
  ]);
  expect(told).toEqual([["first", "second"], ["third"]]);
});

it("tells a row that names an earlier instant and is committed late, and keeps to the filters and to one's own", async () => {
  const early = new Date(core.clock.now().getTime() - 2_000);
  const another = await person(core);
  const told = await follow(
    [
      () => write("late", { at: early, connector: "github" }),
      () => write("elsewhere", { connector: "slack" }),
      () => write("not hers", { connector: "github", personId: another.actor.personId, ownerId: another.actor.personId }),
      // Longer than it looks back: what it knew is out of sight, and is not told again.
      async () => void core.clock.advance({ minutes: 1 }),
      () => write("last", { connector: "github" }),
    ],
    { connector: "github" },
  );
  expect(told).toEqual([["late"], ["last"]]);
});
