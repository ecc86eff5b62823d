import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { person, rows, type TestCore, testCore } from "../testing/core";
import { refusalOf } from "../testing/refusal";
import { offerSetUp } from "./invite";
import { acceptInvitation, readInvitation } from "./join";

const PASSWORD = "correct horse battery";
const SPENT = { code: "not_found", reason: "invitation_spent" };

let core: TestCore;
beforeEach(async () => {
  core = await testCore();
});
afterEach(() => core.close());

const offer = async () => ((await offerSetUp(core)) as string).replace("/set-up/", "");
const accept = (token: string, email = "first@example.com", address = "192.0.2.1") =>
  acceptInvitation(core, { token, email, name: "First", password: PASSWORD, address });

describe("the set-up link", () => {
  test("is offered while there is no active admin, and leaves a row without its token", async () => {
    await person(core, { role: "admin", status: "removed" });
    await person(core, { role: "member" });
    expect(await offerSetUp(core)).toMatch(/^\/set-up\/vlt_inv_[0-9A-Za-z]{36}$/);
    expect(await rows(core)).toMatchObject([{ event: "person.invite", acting: "system", target: "The first admin", decision: "allowed" }]);
  });

  test("is not offered once there is one", async () => {
    await person(core, { role: "admin" });
    expect(await offerSetUp(core)).toBeNull();
  });

  test("makes the first admin, who says their e-mail, and then is spent", async () => {
    const token = await offer();
    expect(await readInvitation(core, token)).toEqual({ email: null, role: "admin" });
    expect(await accept(token, " First@Example.com")).toMatchObject({ email: "first@example.com", role: "admin" });
    expect(await refusalOf(accept(token, "second@example.com"))).toMatchObject(SPENT);
    expect((await rows(core)).at(-1)).toMatchObject({ event: "person.join", target: "Valet as the first admin" });
  });

  test("needs an e-mail address", async () => {
    expect(await refusalOf(accept(await offer(), ""))).toMatchObject({
      code: "invalid_request",
      message: "Give an e-mail address such as ada@example.com.",
    });
  });

  test("ends when a newer one is offered", async () => {
    const [older, newer] = [await offer(), await offer()];
    expect(await refusalOf(accept(older))).toMatchObject(SPENT);
    expect(await accept(newer)).toMatchObject({ role: "admin" });
  });

  test("offered by eight starts at once, is one link that works", async () => {
    const tokens = await Promise.all(Array.from({ length: 8 }, offer));
    const open = await Promise.all(tokens.map((token) => readInvitation(core, token)));
    expect(open.filter(Boolean)).toHaveLength(1);
  });

  test("used by many at once, makes one admin", async () => {
    const token = await offer();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 16 }, (_, index) => accept(token, `first${index}@example.com`, `192.0.2.${index}`)),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await core.db.person.count({ where: { role: "admin" } })).toBe(1);
  });

  test("makes no second admin when one appeared another way", async () => {
    const token = await offer();
    await person(core, { role: "admin" });
    expect(await refusalOf(accept(token))).toMatchObject({
      code: "conflict",
      reason: "set_up_done",
      message: "This Valet is set up already. Ask an admin for an invitation.",
    });
    expect(await core.db.person.count({ where: { role: "admin" } })).toBe(1);
  });
});
