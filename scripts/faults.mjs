// `npm run faults`: the long form of the fault tests, which becomes docs/faults.md.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { installIfNeeded, requireNode } from "./install.mjs";
import { runStep } from "./run.mjs";

const ROOT = join(import.meta.dirname, "..");
const REPORT = join(ROOT, "docs/faults.md");

requireNode();
await installIfNeeded();
await runStep("Generate the database client", [process.execPath, join(ROOT, "scripts/generate.mjs")], { cwd: ROOT });
const { code, printed } = await run();
if (printed) {
  writeFileSync(REPORT, `${printed.trim()}\n`);
  const biome = join(ROOT, "node_modules/@biomejs/biome/bin/biome");
  await runStep("Format the report", [process.execPath, biome, "format", "--write", REPORT], { cwd: ROOT });
  console.log("\nWritten to docs/faults.md.");
}
process.exitCode = code;

function run() {
  const child = spawn(process.execPath, ["--import", "tsx", join(ROOT, "e2e/faults/run.ts")], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (chunk) => {
    text += chunk;
  });
  return new Promise((resolve) => child.once("close", (status) => resolve({ code: status ?? 1, printed: text })));
}
