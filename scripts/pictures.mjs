// `npm run pictures`: photographs every component and page anew, after `npm run build`; what is the same as before stays as it is.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shrinkPng } from "./png.mjs";

const ROOT = join(import.meta.dirname, "..");
const PAGES = join(ROOT, "e2e/shots/pages");

const playwright = join(ROOT, "node_modules/@playwright/test/cli.js");
const specs = ["e2e/pages.spec.ts", "e2e/shots.spec.ts"];
const asked = process.argv.slice(2);
const { status } = spawnSync(process.execPath, [playwright, "test", ...(asked.length > 0 ? asked : specs), "--update-snapshots=changed"], {
  cwd: ROOT,
  stdio: "inherit",
});

// Pages are many and large: with few colours they are a third of the size, and as good to compare with.
for (const name of readdirSync(PAGES)) {
  const path = join(PAGES, name);
  const before = readFileSync(path);
  const after = shrinkPng(before);
  if (after !== before) writeFileSync(path, after);
}
process.exitCode = status ?? 1;
