import * as argon2 from "@node-rs/argon2";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { person, rows, type TestCore, testCore } from "../testing/core";
import { refusalOf } from "../testing/refusal";
import { hashPassword } from "./password";
import { readSession } from "./session";
import { signInWithPassword } from "./signIn";

vi.mock("@node-rs/argon2", async (original) => {
  const real = await original<typeof argon2>();
  return { ...real, verify: vi.fn(real.verify) };
});

const PASSWORD = "correct horse battery";
const DOES_NOT_FIT = { code: "unauthenticated", reason: "unauthenticated", message: "That e-mail and password do not fit." };

let core: TestCore;
beforeAll(async () => {
  core = await testCore();
});
afterAll(() => core.close());

let count = 0;
/** Each test comes from an address of its own, so that none runs into another's limit. */
const address = () => `192.0.2.${++count}`;
const lastRow = async () => (await rows(core)).at(-1);

describe("signing in with a password", () => {
  test("makes a session that is the person's, and its row", async () => {
    const { actor } = await person(core, { name: "Ada Lovelace", email: "ada@example.com", role: "auditor", password: PASSWORD });
    const session = await signInWithPassword(core, { email: " Ada@Example.com", password: PASSWORD, address: address() });
    expect(session).toEqual({
      personId: actor.personId,
      name: "Ada Lovelace",
      email: "ada@example.com",
      role: "auditor",
      sessionVersion: 1,
    });
    expect(await readSession(core, session)).toEqual(actor);
    expect((await core.db.person.findUnique({ where: { id: actor.personId } }))?.lastSignInAt).toEqual(core.clock.now());
    expect(await lastRow()).toMatchObject({
      event: "person.sign_in",
      kind: "change",
      acting: "person",
      personId: actor.personId,
      ownerId: actor.personId,
      decision: "allowed",
      target: "Valet, with password",
    });
  });

  test("is refused in the same words for a wrong password, a stranger, the suspended, the removed and who has no password", async () => {
    await person(core, { email: "bea@example.com", password: PASSWORD });
    await person(core, { email: "carl@example.com", password: PASSWORD, status: "suspended" });
    await person(core, { email: "dora@example.com", password: PASSWORD, status: "removed" });
    await person(core, { email: "emil@example.com" });
    const tries = [
      ["bea@example.com", "wrong horse battery", "password_wrong"],
      ["nobody@example.com", PASSWORD, "person_unknown"],
      ["carl@example.com", PASSWORD, "person_suspended"],
      ["dora@example.com", PASSWORD, "person_removed"],
      ["emil@example.com", PASSWORD, "password_wrong"],
      ["not an e-mail\u0000", PASSWORD, "person_unknown"],
      ["", "", "person_unknown"],
    ] as const;
    for (const [email, password, reason] of tries) {
      const refusal = await refusalOf(signInWithPassword(core, { email, password, address: address() }));
      expect(refusal).toMatchObject(DOES_NOT_FIT);
      expect(refusal.detail).toBeUndefined();
      expect(await lastRow()).toMatchObject({
        event: "person.sign_in",
        acting: "system",
        decision: "refused",
        reason,
        reasonText: DOES_NOT_FIT.message,
      });
    }
  });

  test("shows a failed try to the person it was aimed at, and keeps no word of what was typed", async () => {
    const { actor } = await person(core, { email: "fay@example.com", password: PASSWORD });
    await refusalOf(signInWithPassword(core, { email: "fay@example.com", password: "my other password", address: address() }));
    expect(await lastRow()).toMatchObject({ personId: null, ownerId: actor.personId });
    await refusalOf(signInWithPassword(core, { email: "my other password", password: "my other password", address: address() }));
    expect(JSON.stringify(await rows(core))).not.toContain("my other password");
    expect(JSON.stringify(core.log.lines)).not.toContain("my other password");
  });

  test("works as hard for a stranger as for a person", async () => {
    const known = { email: "gil@example.com", phc: await hashPassword(PASSWORD) };
    vi.mocked(argon2.verify).mockClear();
    await refusalOf(signInWithPassword(core, { email: "stranger@example.com", password: PASSWORD, address: address() }));
    expect(vi.mocked(argon2.verify)).toHaveBeenCalledTimes(1);
    const cost = (phc: unknown) => String(phc).split("$").slice(1, 4);
    expect(cost(vi.mocked(argon2.verify).mock.calls[0]?.[0])).toEqual(cost(known.phc));
  });

  test("gives nobody a hundred tries at once: five are judged, whoever it is", async () => {
    for (const email of ["hal@example.com", "unknown-hal@example.com"]) {
      if (email.startsWith("hal")) await person(core, { email, password: PASSWORD });
      vi.mocked(argon2.verify).mockClear();
      const tries = Array.from({ length: 20 }, (_, index) =>
        signInWithPassword(core, { email, password: `guess number ${index}`, address: address() }),
      );
      const codes = (await Promise.all(tries.map(refusalOf))).map(({ code }) => code);
      expect(codes.filter((code) => code === "unauthenticated")).toHaveLength(5);
      expect(codes.filter((code) => code === "too_many_requests")).toHaveLength(15);
      expect(vi.mocked(argon2.verify)).toHaveBeenCalledTimes(5);
    }
  });

  test("refuses even the right password while the e-mail is throttled, and says how long", async () => {
    const refusal = await refusalOf(signInWithPassword(core, { email: "HAL@example.com", password: PASSWORD, address: address() }));
    expect(refusal).toMatchObject({ code: "too_many_requests", message: "Too many failed tries. Wait 15 minutes and try again." });
    expect(refusal.retryAfterSeconds).toBeGreaterThan(0);
  });

  test("stops one address that tries thirty e-mails", async () => {
    const one = address();
    const attempt = (index: number) =>
      refusalOf(signInWithPassword(core, { email: `spray${index}@example.com`, password: PASSWORD, address: one }));
    const codes = [];
    for (let index = 0; index < 31; index += 1) codes.push((await attempt(index)).code);
    expect(codes.slice(0, 30).every((code) => code === "unauthenticated")).toBe(true);
    expect(codes[30]).toBe("too_many_requests");
  });

  test("forgets an e-mail's failures when it succeeds, but an address keeps its own", async () => {
    await person(core, { email: "ida@example.com", password: PASSWORD });
    const one = address();
    for (let round = 0; round < 2; round += 1) {
      for (let index = 0; index < 4; index += 1) {
        expect(await refusalOf(signInWithPassword(core, { email: "ida@example.com", password: "wrong", address: one }))).toMatchObject(
          DOES_NOT_FIT,
        );
      }
      await signInWithPassword(core, { email: "ida@example.com", password: PASSWORD, address: one });
    }
    const spent = await core.db.rateLimit.findUnique({ where: { key: `sign_in_address:${one}` } });
    expect(spent?.points).toBe(8);
  });
});
