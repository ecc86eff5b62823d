import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase, writingSide } from "./db";
import { createLimits } from "./limits";
import { type TestCore, testCore } from "./testing/core";
import { refusalOf } from "./testing/refusal";

let core: TestCore;
beforeAll(async () => {
  core = await testCore();
});
afterAll(() => core.close());

const times = (count: number, work: () => Promise<unknown>) => Promise.allSettled(Array.from({ length: count }, work));

describe("a limit", () => {
  test("lets through what fits, and then says how long to wait", async () => {
    for (let count = 0; count < 5; count += 1) await core.limits.take("sign_in_email", "one@example.com");
    const refusal = await refusalOf(core.limits.take("sign_in_email", "one@example.com"));
    expect(refusal.code).toBe("too_many_requests");
    expect(refusal.message).toBe("Too many failed tries. Wait 15 minutes and try again.");
    expect(refusal.retryAfterSeconds).toBeGreaterThan(14 * 60);
    expect(refusal.retryAfterSeconds).toBeLessThanOrEqual(15 * 60);
  });

  test("lets exactly as many of a crowd through at once", async () => {
    const outcomes = await times(40, () => core.limits.take("sign_in_email", "crowd@example.com"));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
  });

  test("is shared by every process on the same database", async () => {
    const other = openDatabase(core.databaseUrl, { poolMax: 2 });
    const there = createLimits(writingSide(other.db).pool);
    for (let count = 0; count < 5; count += 1) await there.take("sign_in_email", "two@example.com");
    expect((await refusalOf(core.limits.take("sign_in_email", "two@example.com"))).code).toBe("too_many_requests");
    await other.close();
  });

  test("of one key or one name does not count for another", async () => {
    for (let count = 0; count < 5; count += 1) await core.limits.take("sign_in_email", "three@example.com");
    await core.limits.take("sign_in_email", "four@example.com");
    await core.limits.take("sign_in_address", "three@example.com");
  });

  test("gives back a try that turned out well", async () => {
    for (let count = 0; count < 12; count += 1) {
      await core.limits.take("sign_in_email", "five@example.com");
      await core.limits.giveBack("sign_in_email", "five@example.com");
    }
    await core.limits.check("sign_in_email", "five@example.com");
  });

  test("forgets the failures of a key that proved itself", async () => {
    for (let count = 0; count < 5; count += 1) await core.limits.spend("sign_in_email", "six@example.com");
    expect((await refusalOf(core.limits.check("sign_in_email", "six@example.com"))).code).toBe("too_many_requests");
    await core.limits.forgive("sign_in_email", "six@example.com");
    await core.limits.check("sign_in_email", "six@example.com");
  });

  test("is looked at without being spent", async () => {
    await times(10, () => core.limits.check("sign_in_email", "seven@example.com"));
    await core.limits.take("sign_in_email", "seven@example.com");
  });

  test("counts beyond its end without failing", async () => {
    await times(8, () => core.limits.spend("sign_in_email", "eight@example.com"));
    expect((await refusalOf(core.limits.check("sign_in_email", "eight@example.com"))).code).toBe("too_many_requests");
  });

  test("does not pass a broken database off as a limit", async () => {
    const away = openDatabase(core.databaseUrl);
    const limits = createLimits(writingSide(away.db).pool);
    await away.close();
    await expect(limits.take("sign_in_email", "nine@example.com")).rejects.not.toMatchObject({ name: "Refusal" });
  });
});
