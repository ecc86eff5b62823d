import { describe, expect, it } from "vitest";
import { countUnit, sentence, sum } from "./counts.mjs";

describe("the closing line", () => {
  it("adds up, and names what was skipped only when something was", () => {
    const counts = [
      { passed: 3, failed: 0, skipped: 0 },
      { passed: 4, failed: 1, skipped: 0 },
    ];
    expect(sentence(sum(counts))).toBe("7 passed, 1 failed");
    expect(sentence({ passed: 7, failed: 0, skipped: 2 })).toBe("7 passed, 0 failed, 2 skipped");
  });

  it("counts a run that died without a report as a failure", () => {
    expect(countUnit("/nowhere", false)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});
