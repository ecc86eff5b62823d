import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { PersonCtx } from "../ctx";
import { writingSide } from "../db";
import { person, rows, type TestCore, testCore } from "../testing/core";
import { refusalOf } from "../testing/refusal";
import { removePerson, setRole, suspendPerson } from "./status";

const VERBS = {
  suspend: suspendPerson,
  remove: removePerson,
  demote: (ctx: PersonCtx, { personId }: { personId: string }) => setRole(ctx, { personId, role: "member" }),
};
const ENDING = ["suspend", "remove", "demote"] as const;

let core: TestCore;
beforeAll(async () => {
  core = await testCore();
});
afterEach(async () => {
  await writingSide(core.db).prisma.person.updateMany({ data: { role: "member" } });
});
afterAll(() => core.close());

const record = ({ actor }: PersonCtx) => core.db.person.findUniqueOrThrow({ where: { id: actor.personId } });
const lastRow = async () => (await rows(core)).at(-1);
const id = ({ actor }: PersonCtx) => ({ personId: actor.personId });

describe("the last active admin", () => {
  test.each(ENDING)("does not %s themself, and the try leaves its row", async (name) => {
    const admin = await person(core, { role: "admin", name: "Root" });
    await person(core, { role: "admin", status: "suspended" });
    const before = await record(admin);
    expect(await refusalOf(VERBS[name](admin, id(admin)))).toMatchObject({
      code: "conflict",
      reason: "last_admin",
      message: "Root is the last active admin. Make somebody else an admin first.",
    });
    expect(await record(admin)).toEqual(before);
    expect(await lastRow()).toMatchObject({ decision: "refused", reason: "last_admin", target: "Root" });
  });

  test("may keep the role when it is set again", async () => {
    const admin = await person(core, { role: "admin" });
    await setRole(admin, { ...id(admin), role: "admin" });
    expect(await record(admin)).toMatchObject({ role: "admin" });
  });

  test.each(ENDING)("is left when two admins %s each other at once, ten times over", async (name) => {
    for (let round = 0; round < 10; round += 1) {
      const pair = [await person(core, { role: "admin" }), await person(core, { role: "admin" })] as const;
      const outcomes = await Promise.allSettled([VERBS[name](pair[0], id(pair[1])), VERBS[name](pair[1], id(pair[0]))]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      for (const outcome of outcomes)
        if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "conflict", reason: "last_admin" });
      expect(await core.db.person.count({ where: { role: "admin", status: "active" } })).toBe(1);
      await writingSide(core.db).prisma.person.updateMany({ data: { role: "member" } });
    }
  });

  test("is left when twelve admins end themselves in every way at once", async () => {
    const admins = await Promise.all(Array.from({ length: 12 }, () => person(core, { role: "admin" })));
    const outcomes = await Promise.allSettled(admins.map((ctx, index) => VERBS[ENDING[index % 3] as "suspend"](ctx, id(ctx))));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(11);
    expect(await core.db.person.count({ where: { role: "admin", status: "active" } })).toBe(1);
  });
});
