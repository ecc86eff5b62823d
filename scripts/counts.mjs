import { readFileSync } from "node:fs";

const NONE = { passed: 0, failed: 0, skipped: 0 };

export const sum = (counts) =>
  counts.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }), NONE);

/** The closing line: `N passed, N failed`, and what was skipped if anything was. */
export function sentence({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** From vitest's JSON report. A run that failed without a failed test (a file that does not load) counts as one failure. */
export function countUnit(path, ok) {
  const report = read(path);
  const counted = {
    passed: report?.numPassedTests ?? 0,
    failed: report?.numFailedTests ?? 0,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  };
  return atLeastOne(counted, ok);
}

/** From Playwright's JSON report. */
export function countBrowser(path, ok) {
  const stats = read(path)?.stats;
  return atLeastOne(
    { passed: stats?.expected ?? 0, failed: (stats?.unexpected ?? 0) + (stats?.flaky ?? 0), skipped: stats?.skipped ?? 0 },
    ok,
  );
}

const atLeastOne = (counted, ok) => (ok || counted.failed > 0 ? counted : { ...counted, failed: 1 });

function read(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
