import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { TEST_START } from "../testing/clock";
import { person, rows, type TestCore, testCore } from "../testing/core";
import { refusalOf } from "../testing/refusal";
import { newSecret } from "../tokens/secret";
import { authenticatePerson, createPersonalToken, LIVE_TOKENS_MAX, listPersonalTokens, revokePersonalToken } from "./personalTokens";
import { resumePerson, suspendPerson } from "./status";

const UNKNOWN = {
  code: "invalid_token",
  reason: "token_unknown",
  message: "This API token is unknown or has ended. Make a new one on your Account page.",
};

let core: TestCore;
beforeAll(async () => {
  core = await testCore();
});
afterEach(() => core.clock.set(TEST_START));
afterAll(() => core.close());

const lastRow = async () => (await rows(core)).at(-1);

describe("an API token", () => {
  test("is its person's hand, by token, until it ends after ninety days", async () => {
    const ada = await person(core, { role: "auditor" });
    const { token, expiresAt } = await createPersonalToken(ada, { name: "script" });
    expect(token).toMatch(/^vlt_pat_[0-9A-Za-z]{36}$/);
    expect(expiresAt).toEqual(new Date("2026-05-31T09:00:00.000Z"));
    expect(await authenticatePerson(core, token)).toEqual({ ...ada.actor, via: "token" });
    core.clock.set(new Date(expiresAt.getTime() - 1));
    expect(await authenticatePerson(core, token)).toMatchObject({ personId: ada.actor.personId });
    core.clock.set(expiresAt);
    expect(await refusalOf(authenticatePerson(core, token))).toMatchObject(UNKNOWN);
  });

  test("is kept as a hash, and its row does not hold it", async () => {
    const ada = await person(core);
    const { id, token } = await createPersonalToken(ada, { name: "script", lifetimeDays: 1 });
    expect(JSON.stringify([await core.db.personalToken.findMany(), await rows(core)])).not.toContain(token);
    expect(await lastRow()).toMatchObject({
      event: "personal_token.create",
      personId: ada.actor.personId,
      target: "script",
      detail: { tokenId: id, expiresAt: "2026-03-03T09:00:00.000Z" },
    });
  });

  test("is listed to its person alone, by name, end and last four characters", async () => {
    const [ada, bea] = [await person(core), await person(core)];
    const { id, token, expiresAt } = await createPersonalToken(ada, { name: "script" });
    await createPersonalToken(bea, { name: "not Ada's" });
    expect(await listPersonalTokens(ada)).toEqual([
      { id, name: "script", lastFour: token.slice(-4), createdAt: core.clock.now(), expiresAt, lastUsedAt: null },
    ]);
  });

  test("ends at once when it is revoked", async () => {
    const ada = await person(core);
    const { id, token } = await createPersonalToken(ada, { name: "script" });
    await revokePersonalToken(ada, { tokenId: id });
    expect(await refusalOf(authenticatePerson(core, token))).toMatchObject(UNKNOWN);
    expect(await listPersonalTokens(ada)).toEqual([]);
    expect(await lastRow()).toMatchObject({ event: "personal_token.revoke", target: "script", detail: { tokenId: id } });
    expect(await refusalOf(revokePersonalToken(ada, { tokenId: id }))).toMatchObject({ code: "not_found" });
  });

  test("of somebody else is not there to be revoked, not even for an admin", async () => {
    const ada = await person(core);
    const { id, token } = await createPersonalToken(ada, { name: "script" });
    for (const role of ["member", "admin"] as const) {
      expect(await refusalOf(revokePersonalToken(await person(core, { role }), { tokenId: id }))).toMatchObject({
        code: "not_found",
        message: "There is no such API token, or it is not yours.",
      });
    }
    expect(await authenticatePerson(core, token)).toMatchObject({ personId: ada.actor.personId });
  });

  test("rests while its person is suspended", async () => {
    const [admin, ada] = [await person(core, { role: "admin" }), await person(core)];
    const { token } = await createPersonalToken(ada, { name: "script" });
    await suspendPerson(admin, { personId: ada.actor.personId });
    expect(await refusalOf(authenticatePerson(core, token))).toMatchObject(UNKNOWN);
    await resumePerson(admin, { personId: ada.actor.personId });
    expect(await authenticatePerson(core, token)).toMatchObject({ personId: ada.actor.personId });
  });

  test("cannot make another", async () => {
    const ada = await person(core);
    const byToken = { ...ada, actor: { ...ada.actor, via: "token" as const } };
    expect(await refusalOf(createPersonalToken(byToken, { name: "successor" }))).toMatchObject({
      code: "forbidden",
      message: "An API token cannot make another. Sign in and make it on your Account page.",
    });
  });

  test.each([
    [{ name: "" }, "Give a name."],
    [{ name: "x", lifetimeDays: 0 }, "Choose from 1 to 365 days."],
    [{ name: "x", lifetimeDays: 366 }, "Choose from 1 to 365 days."],
    [{ name: "x", lifetimeDays: 1.5 }, "Choose from 1 to 365 days."],
  ])("is not made from %j", async (input, message) => {
    expect(await refusalOf(createPersonalToken(await person(core), input))).toMatchObject({ code: "invalid_request", message });
  });

  test("is one of twenty at most, also when thirty are asked for at once; an ended one makes room", async () => {
    const ada = await person(core);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 30 }, (_, index) => createPersonalToken(ada, { name: `script ${index}`, lifetimeDays: 1 })),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(LIVE_TOKENS_MAX);
    expect(await refusalOf(createPersonalToken(ada, { name: "one more" }))).toMatchObject({
      code: "conflict",
      reason: "too_many_tokens",
      message: "You have 20 API tokens. Revoke one that you no longer use.",
    });
    core.clock.advance({ days: 1 });
    await createPersonalToken(ada, { name: "one more" });
  });

  test("notes its last use at most once a minute", async () => {
    const ada = await person(core);
    const { token } = await createPersonalToken(ada, { name: "script" });
    const lastUsedAt = async () => (await listPersonalTokens(ada))[0]?.lastUsedAt?.toISOString();
    await authenticatePerson(core, token);
    core.clock.advance({ seconds: 59 });
    await authenticatePerson(core, token);
    expect(await lastUsedAt()).toBe("2026-03-02T09:00:00.000Z");
    core.clock.advance({ seconds: 1 });
    await authenticatePerson(core, token);
    expect(await lastUsedAt()).toBe("2026-03-02T09:01:00.000Z");
  });

  test.each(["", "vlt_pat_0123456789ABCDEFGHIJKLMNOPQRST000000", newSecret("agt"), newSecret("inv"), "x".repeat(100_000)])(
    "is not %#: noise never reaches the database",
    async (noise) => {
      const findFirst = vi.fn();
      const watched = { ...core, db: { ...core.db, personalToken: { ...core.db.personalToken, findFirst } } };
      expect(await refusalOf(authenticatePerson(watched, noise))).toMatchObject(UNKNOWN);
      expect(findFirst).not.toHaveBeenCalled();
    },
  );

  test("that was never made is unknown, in the same words", async () => {
    expect(await refusalOf(authenticatePerson(core, newSecret("pat")))).toMatchObject(UNKNOWN);
  });
});
