import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { countUnit, failedBrowser, failedUnit, sentence, sum } from "./counts.mjs";

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

describe("what failed", () => {
  const report = (content: unknown) => {
    const path = join(mkdtempSync(join(tmpdir(), "valet-counts-")), "report.json");
    writeFileSync(path, JSON.stringify(content));
    return path;
  };

  it("is named by test and first line, and by file where a file does not load", () => {
    const failed = { status: "failed", fullName: "a chain never widens", failureMessages: ["AssertionError: 1 is not 2\n  at x"] };
    const path = report({
      testResults: [
        { name: "a.test.ts", status: "failed", assertionResults: [{ status: "passed", fullName: "well" }, failed] },
        { name: "b.test.ts", status: "failed", message: "Cannot find module", assertionResults: [] },
        { name: "c.test.ts", status: "passed", assertionResults: [{ status: "passed", fullName: "well" }] },
      ],
    });
    expect(failedUnit(path)).toEqual(["  a chain never widens: AssertionError: 1 is not 2", "  b.test.ts: Cannot find module"]);
    expect(failedUnit("/nowhere")).toEqual([]);
  });

  it("is found in suites within suites of the browser's report", () => {
    const spec = (ok: boolean) => ({
      ok,
      file: "look.spec.ts",
      title: "looks",
      tests: [{ results: [{ error: { message: "too wide\nat" } }] }],
    });
    const path = report({ suites: [{ specs: [spec(true)], suites: [{ specs: [spec(false)] }] }] });
    expect(failedBrowser(path)).toEqual(["  look.spec.ts: looks: too wide"]);
  });
});
