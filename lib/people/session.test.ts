import { afterAll, beforeAll, expect, test } from "vitest";
import { person, rows, type TestCore, testCore } from "../testing/core";
import { refusalOf } from "../testing/refusal";
import { readSession } from "./session";
import { signOutEverywhere } from "./signOutEverywhere";
import { removePerson, setRole, suspendPerson } from "./status";

let core: TestCore;
beforeAll(async () => {
  core = await testCore();
});
afterAll(() => core.close());

test("a session is read anew: a role that changed counts with the next request", async () => {
  const [admin, ada] = [await person(core, { role: "admin" }), await person(core)];
  const claim = { personId: ada.actor.personId, sessionVersion: 1 };
  await setRole(admin, { personId: ada.actor.personId, role: "auditor" });
  expect(await readSession(core, claim)).toEqual({ ...ada.actor, role: "auditor" });
});

test.each([
  ["suspended", suspendPerson],
  ["removed", removePerson],
] as const)("a person who was %s has no session with the next request", async (_what, end) => {
  const [admin, ada] = [await person(core, { role: "admin" }), await person(core)];
  await end(admin, { personId: ada.actor.personId });
  expect(await readSession(core, { personId: ada.actor.personId, sessionVersion: 1 })).toBeNull();
  expect(await readSession(core, { personId: ada.actor.personId, sessionVersion: 2 })).toBeNull();
});

test.each([
  ["a person who is not there", { personId: "per_01kjpt2v000000000000000000", sessionVersion: 1 }],
  ["no id at all", { personId: "", sessionVersion: 1 }],
  ["no version", { personId: "per_01kjpt2v000000000000000000", sessionVersion: Number.NaN }],
])("a claim of %s is nobody's session", async (_what, claim) => {
  expect(await readSession(core, claim)).toBeNull();
});

test("signing out everywhere ends every session of the person, and nobody else's, and writes its row", async () => {
  const [ada, bea] = [await person(core), await person(core)];
  await signOutEverywhere(ada);
  expect(await readSession(core, { personId: ada.actor.personId, sessionVersion: 1 })).toBeNull();
  expect(await readSession(core, { personId: ada.actor.personId, sessionVersion: 2 })).toEqual(ada.actor);
  expect(await readSession(core, { personId: bea.actor.personId, sessionVersion: 1 })).toEqual(bea.actor);
  expect((await rows(core)).at(-1)).toMatchObject({
    event: "person.sign_out_everywhere",
    personId: ada.actor.personId,
    decision: "allowed",
  });
});

test("an admin can sign somebody else out, who sees it in their own activity", async () => {
  const [admin, ada] = [await person(core, { role: "admin" }), await person(core)];
  await signOutEverywhere(admin, { personId: ada.actor.personId });
  expect(await readSession(core, { personId: ada.actor.personId, sessionVersion: 1 })).toBeNull();
  expect((await rows(core)).at(-1)).toMatchObject({ personId: admin.actor.personId, ownerId: ada.actor.personId });
});

test("nobody but an admin can sign somebody else out", async () => {
  const [auditor, ada] = [await person(core, { role: "auditor" }), await person(core)];
  expect(await refusalOf(signOutEverywhere(auditor, { personId: ada.actor.personId }))).toMatchObject({
    code: "forbidden",
    message: "Only an admin may do this. Ask one to do it.",
  });
  expect(await readSession(core, { personId: ada.actor.personId, sessionVersion: 1 })).toEqual(ada.actor);
});

test("a person who is not there cannot be signed out", async () => {
  const admin = await person(core, { role: "admin" });
  expect(await refusalOf(signOutEverywhere(admin, { personId: "per_01kjpt2v000000000000000000" }))).toMatchObject({
    code: "not_found",
    message: "There is no such person, or it is not yours.",
  });
});
