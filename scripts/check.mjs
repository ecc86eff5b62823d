// `npm run check`: everything that needs no browser. Stops at the first step that fails.
import { join } from "node:path";
import { installIfNeeded, requireNode } from "./install.mjs";
import { runStep } from "./run.mjs";
import { CHECKS, UNIT_TESTS } from "./steps.mjs";

const ROOT = join(import.meta.dirname, "..");

requireNode();
await installIfNeeded();
for (const [title, command] of [...CHECKS, ["Unit and property tests", UNIT_TESTS]]) {
  const { ok } = await runStep(title, command, { cwd: ROOT });
  if (!ok) process.exit(1);
}
console.log("All good.");
