// `npm test`, on a fresh clone: installs, checks, tests, builds, tests in a browser. The last line counts.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { findBrowser } from "./browser.mjs";
import { countBrowser, countUnit, failedBrowser, failedUnit, sentence, sum } from "./counts.mjs";
import { installIfNeeded, requireNode } from "./install.mjs";
import { runStep } from "./run.mjs";
import { BROWSER_REPORT, BROWSER_TESTS, BUILD_CHECK, CHECKS, UNIT_REPORT, UNIT_TESTS } from "./steps.mjs";

const ROOT = join(import.meta.dirname, "..");
const FAILED = { passed: 0, failed: 1, skipped: 0 };

requireNode();
await installIfNeeded();
const browser = await requireBrowser();
rmSync(join(ROOT, "test-results"), { recursive: true, force: true });

const counts = [];
const failedSteps = [];
for (const [title, command] of CHECKS) {
  const { ok } = await runStep(title, command, { cwd: ROOT });
  if (ok) continue;
  counts.push(FAILED);
  failedSteps.push(`  ${title}`);
}
const unit = await runStep("Unit and property tests", UNIT_TESTS, { cwd: ROOT });
counts.push(countUnit(UNIT_REPORT, unit.ok));
counts.push(...(await browserTests()));

// Once more at the end: whoever sees the last lines alone must know where to look.
const failures = [...failedSteps, ...failedUnit(UNIT_REPORT), ...failedBrowser(BROWSER_REPORT)];
if (failures.length > 0) console.log(`Failed:\n${failures.join("\n")}\n`);
const total = sum(counts);
console.log(sentence(total));
process.exitCode = total.failed > 0 ? 1 : 0;

async function browserTests() {
  const { buildIfNeeded } = await import("./build.mjs");
  if (!(await buildIfNeeded())) return [FAILED];
  const size = await runStep(...BUILD_CHECK, { cwd: ROOT, show: true });
  if (!size.ok) counts.push(FAILED);
  const env = { CHROMIUM_PATH: browser, PLAYWRIGHT_JSON_OUTPUT_NAME: BROWSER_REPORT };
  const { ok } = await runStep("Browser tests", BROWSER_TESTS, { cwd: ROOT, env, show: true });
  return [countBrowser(BROWSER_REPORT, ok)];
}

async function requireBrowser() {
  const found = findBrowser();
  if (found) return found;
  const cli = join(ROOT, "node_modules/@playwright/test/cli.js");
  await runStep("Downloading a browser", [process.execPath, cli, "install", "chromium"], { cwd: ROOT });
  const downloaded = findBrowser();
  if (downloaded) return downloaded;
  console.error("The browser tests need Chromium. Install the package chromium (Debian: apt-get install chromium), or set CHROMIUM_PATH.");
  console.log(sentence(FAILED));
  process.exit(1);
}
