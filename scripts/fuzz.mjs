// `npm run fuzz [seconds]`: a million strange requests, or as many as fit into the time (an hour unless said otherwise). VALET_FUZZ_SEED tells
// where to begin: another one tries others, the same one the same.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { installIfNeeded, requireNode } from "./install.mjs";

const ROOT = join(import.meta.dirname, "..");
const RUNS = "1100000";

requireNode();
await installIfNeeded();
const env = { ...process.env, VALET_FUZZ_RUNS: process.env.VALET_FUZZ_RUNS ?? RUNS, VALET_FUZZ_SECONDS: process.argv[2] ?? "3600" };
const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
const args = [vitest, "run", "e2e/fuzz"];
process.exitCode = spawnSync(process.execPath, args, { cwd: ROOT, env, stdio: "inherit" }).status ?? 1;
