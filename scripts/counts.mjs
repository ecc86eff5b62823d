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

/** What failed in vitest's report, a line each: the test, and the first line of why. */
export function failedUnit(path) {
  const files = read(path)?.testResults ?? [];
  return files.flatMap(({ name, status, message, assertionResults = [] }) => {
    const failed = assertionResults.filter((one) => one.status === "failed");
    if (failed.length > 0) return failed.map((one) => line(one.fullName, one.failureMessages?.[0]));
    return status === "failed" ? [line(name, message)] : [];
  });
}

/** The same from Playwright's report. */
export function failedBrowser(path) {
  const inside = ({ suites = [], specs = [] }) => [...specs, ...suites.flatMap(inside)];
  const failed = (read(path)?.suites ?? []).flatMap(inside).filter(({ ok }) => !ok);
  return failed.map(({ file, title, tests = [] }) => line(`${file}: ${title}`, tests[0]?.results?.[0]?.error?.message));
}

const line = (what, why = "") => `  ${what}: ${String(why).split("\n", 1)[0]}`;

const atLeastOne = (counted, ok) => (ok || counted.failed > 0 ? counted : { ...counted, failed: 1 });

function read(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
