// `npm run narrowing-table`: writes docs/narrowing.md from what a test run shows.
import { join } from "node:path";
import { runStep } from "./run.mjs";

const ROOT = join(import.meta.dirname, "..");
process.env.NARROWING_TABLE = "write";
const vitest = [process.execPath, join(ROOT, "node_modules/vitest/vitest.mjs"), "run", "lib/wire/narrowing.test.ts"];
const { ok } = await runStep("Narrowing table", vitest, { cwd: ROOT });
process.exitCode = ok ? 0 : 1;
