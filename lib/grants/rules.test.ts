import { describe, expect, it } from "vitest";
import { TEST_START, testClock } from "../testing/clock";
import type { Evidence } from "./evidence";
import { IDLE_DAYS, judgeTest, openAfter, planShrink } from "./rules";

const evidence = (about: Partial<Evidence> = {}): Evidence => ({
  label: "Read issues",
  method: "GET",
  path: "/api/issues",
  expected: "passes",
  by: "saas",
  status: 200,
  outcome: "as_expected",
  sentence: "",
  ...about,
});
const refusal = (about: Partial<Evidence> = {}) => evidence({ label: "Delete an issue", expected: "refused", status: 403, ...about });

describe("a self-test", () => {
  it("proves a grant by a read that the SaaS answered, when nothing is left in doubt", () => {
    expect(judgeTest([evidence(), refusal(), refusal({ by: "valet" })], "direct")).toBe("proven");
    expect(judgeTest([refusal(), refusal({ by: "valet" })], "gateway")).toBe("not_proven");
    expect(judgeTest([], "gateway")).toBe("not_proven");
  });

  it("proves nothing while a read does not pass, or nobody answered it", () => {
    for (const outcome of ["does_not_pass", "unsure"] as const) expect(judgeTest([evidence({ outcome })], "gateway")).toBe("not_proven");
  });

  it("needs the SaaS's own refusal only where nobody else stands before it", () => {
    const unsure = [evidence(), refusal({ status: 404, outcome: "unsure" }), refusal({ by: "valet" })];
    expect(judgeTest(unsure, "gateway")).toBe("proven");
    expect(judgeTest(unsure, "direct")).toBe("not_proven");
  });

  it("fails as soon as anything is open, whatever else is well", () => {
    for (const by of ["valet", "saas"] as const) {
      expect(judgeTest([evidence(), refusal({ by, outcome: "open" })], "gateway")).toBe("open");
      expect(openAfter([], [evidence(), refusal({ by, outcome: "open" })])).toEqual(["Delete an issue"]);
    }
  });

  it("opens again only what it has seen shut, by everybody it asked", () => {
    const shut = ["Delete an issue"];
    expect(openAfter(shut, [evidence()])).toEqual(shut);
    expect(openAfter(shut, [refusal({ outcome: "unsure" }), refusal({ by: "valet" })])).toEqual(shut);
    expect(openAfter(shut, [refusal(), refusal({ by: "valet" })])).toEqual([]);
    expect(openAfter(shut, [refusal(), refusal({ label: "Create an issue", outcome: "open" })])).toEqual(["Create an issue"]);
  });
});

describe("narrowing to what was used", () => {
  const clock = testClock();
  const createdAt = clock.now();
  const grant = { delivery: "gateway" as const, scopes: ["issues:read", "files:read"], createdAt };
  const usedOn = (day: number, scope = "issues:read") => ({ scope, lastUsedAt: new Date(createdAt.getTime() + day * 86_400_000) });
  const later = (time: { days?: number; milliseconds?: number }) => {
    clock.set(TEST_START);
    clock.advance(time);
    return clock.now();
  };

  it("is offered from the fourteenth day on, to the millisecond", () => {
    expect(IDLE_DAYS).toBe(14);
    const early = later({ days: 14, milliseconds: -1 });
    expect(planShrink(grant, [usedOn(13)], early)).toEqual({ offer: "none", because: "too_young" });
    expect(planShrink(grant, [usedOn(13)], later({ days: 14 }))).toEqual({
      offer: "narrow",
      keeps: ["issues:read"],
      loses: ["files:read"],
    });
  });

  it("counts what was used, but not in the last fourteen days, as not used", () => {
    const uses = [usedOn(1, "files:read"), usedOn(14)];
    expect(planShrink(grant, uses, later({ days: 15, milliseconds: -1 }))).toEqual({ offer: "none", because: "all_used" });
    expect(planShrink(grant, uses, later({ days: 15 }))).toEqual({ offer: "narrow", keeps: ["issues:read"], loses: ["files:read"] });
  });

  it("keeps the smaller part that was used, and takes the whole that it was a part of", () => {
    const wide = { ...grant, scopes: ["issues:read", "issues:write"] };
    const uses = [usedOn(13), usedOn(13, "issues:comment")];
    expect(planShrink(wide, uses, later({ days: 14 }))).toEqual({
      offer: "narrow",
      keeps: ["issues:read", "issues:comment"],
      loses: ["issues:write"],
    });
  });

  it("has nothing to keep of a grant that was never used: that one is to be revoked", () => {
    expect(planShrink(grant, [], later({ days: 20 }))).toEqual({ offer: "none", because: "never_used" });
  });

  it("claims nothing where the SaaS alone sees the calls", () => {
    expect(planShrink({ ...grant, delivery: "direct" }, [], later({ days: 20 }))).toEqual({ offer: "none", because: "unseen" });
  });
});
