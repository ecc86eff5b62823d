import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { person, rows, type TestCore, testCore } from "../testing/core";
import { refusalOf } from "../testing/refusal";
import { newSecret } from "../tokens/secret";
import { invitePerson } from "./invite";
import { acceptInvitation, readInvitation } from "./join";
import { readSession } from "./session";
import { signInWithPassword } from "./signIn";
import { removePerson, setRole } from "./status";

const PASSWORD = "correct horse battery";
const SPENT = {
  code: "not_found",
  reason: "invitation_spent",
  message: "This link was used, has ended, or is not whole. Ask for a new one.",
};

let core: TestCore;
beforeAll(async () => {
  core = await testCore();
});
afterEach(() => core.clock.set("2026-03-02T09:00:00.000Z"));
afterAll(() => core.close());

let count = 0;
const address = () => `192.0.2.${++count}`;
const accept = (token: string, name = "Ada") => acceptInvitation(core, { token, name, password: PASSWORD, address: address() });
const lastRow = async () => (await rows(core)).at(-1);

describe("an invitation", () => {
  test("is made by an admin, ends in seven days, and leaves a row without its token", async () => {
    const admin = await person(core, { role: "admin" });
    const invited = await invitePerson(admin, { email: " Ada@Example.com ", role: "auditor" });
    expect(invited).toEqual({
      token: expect.stringMatching(/^vlt_inv_[0-9A-Za-z]{36}$/),
      path: `/join/${invited.token}`,
      expiresAt: new Date("2026-03-09T09:00:00.000Z"),
    });
    expect(await lastRow()).toMatchObject({
      event: "person.invite",
      personId: admin.actor.personId,
      target: "ada@example.com as auditor",
      decision: "allowed",
    });
    expect(JSON.stringify([await rows(core), await core.db.invitation.findMany()])).not.toContain(invited.token);
  });

  test.each(["member", "auditor"] as const)("cannot be made by a person who is %s", async (role) => {
    const ctx = await person(core, { role });
    expect(await refusalOf(invitePerson(ctx, { email: "new@example.com", role: "admin" }))).toMatchObject({
      code: "forbidden",
      message: "Only an admin may do this. Ask one to do it.",
    });
    expect(await core.db.invitation.count({ where: { email: "new@example.com" } })).toBe(0);
  });

  test("is not made for somebody who is here, removed people included", async () => {
    const admin = await person(core, { role: "admin" });
    await person(core, { email: "gone@example.com", status: "removed" });
    expect(await refusalOf(invitePerson(admin, { email: "Gone@example.com", role: "member" }))).toMatchObject({
      code: "conflict",
      reason: "email_taken",
      message: "Somebody here has that e-mail. If they were suspended or removed, let them back in on the People page.",
    });
  });

  test.each([
    [{ email: "not one", role: "member" }, "Give an e-mail address such as ada@example.com."],
    [{ email: "ok@example.com", role: "owner" }, "Choose one of the roles member, auditor and admin."],
  ])("is not made from %j", async (input, message) => {
    expect(await refusalOf(invitePerson(await person(core, { role: "admin" }), input))).toMatchObject({ code: "invalid_request", message });
  });

  test("tells its holder what it is for", async () => {
    const { token } = await invitePerson(await person(core, { role: "admin" }), { email: "hold@example.com", role: "auditor" });
    expect(await readInvitation(core, token)).toEqual({ email: "hold@example.com", role: "auditor" });
  });

  test("makes the person it was for, whatever e-mail they give, signs them in, and writes its row", async () => {
    const { token } = await invitePerson(await person(core, { role: "admin" }), { email: "bea@example.com", role: "auditor" });
    const session = await acceptInvitation(core, {
      token,
      email: "ceo@example.com",
      name: " Bea ",
      password: PASSWORD,
      address: address(),
    });
    expect(session).toEqual({
      personId: expect.stringMatching(/^per_/),
      name: "Bea",
      email: "bea@example.com",
      role: "auditor",
      sessionVersion: 1,
    });
    expect(await readSession(core, session)).toMatchObject({ name: "Bea", role: "auditor" });
    expect(await signInWithPassword(core, { email: "bea@example.com", password: PASSWORD, address: address() })).toEqual(session);
    expect(JSON.stringify([await rows(core), await core.db.person.findMany()])).not.toContain(PASSWORD);
    expect((await rows(core)).find(({ event, personId }) => event === "person.join" && personId === session.personId)).toMatchObject({
      acting: "person",
      target: "Valet as auditor, by invitation",
      decision: "allowed",
    });
  });

  test("taken by 64 people at once makes exactly one person", async () => {
    const { token } = await invitePerson(await person(core, { role: "admin" }), { email: "crowd@example.com", role: "member" });
    const before = await core.db.person.count();
    const outcomes = await Promise.allSettled(Array.from({ length: 64 }, (_, index) => accept(token, `Number ${index}`)));
    const winners = outcomes.filter((outcome) => outcome.status === "fulfilled");
    expect(winners).toHaveLength(1);
    for (const outcome of outcomes) if (outcome.status === "rejected") expect(outcome.reason).toMatchObject(SPENT);
    expect(await core.db.person.count()).toBe(before + 1);
    expect(await core.db.activity.count({ where: { event: "person.join", personId: winners[0]?.value.personId as string } })).toBe(1);
  });

  test("works once", async () => {
    const { token } = await invitePerson(await person(core, { role: "admin" }), { email: "once@example.com", role: "member" });
    await accept(token);
    expect(await readInvitation(core, token)).toBeNull();
    expect(await refusalOf(accept(token))).toMatchObject(SPENT);
  });

  test("ends with the seventh day", async () => {
    const { token } = await invitePerson(await person(core, { role: "admin" }), { email: "late@example.com", role: "member" });
    core.clock.advance({ days: 7, milliseconds: -1 });
    expect(await readInvitation(core, token)).not.toBeNull();
    core.clock.advance({ milliseconds: 1 });
    expect(await readInvitation(core, token)).toBeNull();
    expect(await refusalOf(accept(token))).toMatchObject(SPENT);
  });

  test("ends when a newer one is made for the same address", async () => {
    const admin = await person(core, { role: "admin" });
    const older = await invitePerson(admin, { email: "twice@example.com", role: "admin" });
    const newer = await invitePerson(admin, { email: "twice@example.com", role: "member" });
    expect(await refusalOf(accept(older.token))).toMatchObject(SPENT);
    expect(await accept(newer.token)).toMatchObject({ role: "member" });
  });

  test.each([
    ["removed", (admin: Admin, other: string) => removePerson(admin, { personId: other })],
    ["made a member", (admin: Admin, other: string) => setRole(admin, { personId: other, role: "member" })],
  ])("ends when the admin who made it is %s", async (_what, end) => {
    const [admin, rogue] = [await person(core, { role: "admin" }), await person(core, { role: "admin" })];
    const { token } = await invitePerson(rogue, { email: `way-back-${count}@example.com`, role: "admin" });
    await end(admin, rogue.actor.personId);
    expect(await refusalOf(accept(token))).toMatchObject(SPENT);
  });

  test("stays open when what its holder gave was refused", async () => {
    const { token } = await invitePerson(await person(core, { role: "admin" }), { email: "again@example.com", role: "member" });
    const give = (fields: { name: string; password: string }) =>
      refusalOf(acceptInvitation(core, { token, ...fields, address: address() }));
    expect(await give({ name: "Ada", password: "too short" })).toMatchObject({
      code: "invalid_request",
      message: "Choose a password of at least 12 characters.",
    });
    expect(await give({ name: " ", password: PASSWORD })).toMatchObject({ code: "invalid_request", message: "Give a name." });
    expect(await accept(token)).toMatchObject({ email: "again@example.com" });
  });

  test("does not take over somebody who came in meanwhile, and stays unspent", async () => {
    const { token } = await invitePerson(await person(core, { role: "admin" }), { email: "meanwhile@example.com", role: "admin" });
    const before = await person(core, { email: "meanwhile@example.com", password: "their own password" });
    expect(await refusalOf(accept(token))).toMatchObject({
      code: "conflict",
      reason: "email_taken",
      message: "Somebody here has that e-mail. Sign in instead.",
    });
    expect(await core.db.person.findUnique({ where: { id: before.actor.personId } })).toMatchObject({
      role: "member",
      name: "Ada Lovelace",
    });
  });

  test.each(["", "vlt_inv_0123456789ABCDEFGHIJKLMNOPQRST000000", newSecret("agt"), newSecret("inv")])("is not %#", async (token) => {
    expect(await readInvitation(core, token)).toBeNull();
    expect(await refusalOf(accept(token))).toMatchObject(SPENT);
  });

  test("cannot be guessed twenty-one times from one address, while a right one costs nothing", async () => {
    const admin = await person(core, { role: "admin" });
    const one = address();
    const guess = (token: string, name = "Ada") => acceptInvitation(core, { token, name, password: PASSWORD, address: one });
    for (let index = 0; index < 3; index += 1) {
      await guess((await invitePerson(admin, { email: `office${index}@example.com`, role: "member" })).token);
    }
    for (let index = 0; index < 20; index += 1) expect(await refusalOf(guess(newSecret("inv")))).toMatchObject(SPENT);
    expect(await refusalOf(guess(newSecret("inv")))).toMatchObject({ code: "too_many_requests" });
  });
});

type Admin = Awaited<ReturnType<typeof person>>;
