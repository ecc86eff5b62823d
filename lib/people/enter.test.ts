import { afterAll, beforeAll, expect, test } from "vitest";
import { person, rows, type TestCore, testCore } from "../testing/core";
import { refusalOf } from "../testing/refusal";
import { enter } from "./enter";

let core: TestCore;
beforeAll(async () => {
  core = await testCore();
});
afterAll(() => core.close());

test("somebody who was suspended while they proved themself does not get in, and no row says they did", async () => {
  const { actor } = await person(core, { status: "suspended" });
  const record = { id: actor.personId, name: actor.name, email: actor.email, role: actor.role, sessionVersion: 1 };
  expect(await refusalOf(enter(core, record, "password"))).toMatchObject({
    code: "unauthenticated",
    reason: "person_not_active",
    message: "Sign in again.",
  });
  expect(await rows(core)).toEqual([]);
});
