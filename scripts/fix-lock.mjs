// Keeps package-lock.json installable everywhere: `npm run fix-lock`, and `--check` as part of `npm run check`.
// A registry that does not carry other platforms' packages leaves them out of the lock, and then `npm ci` refuses on every
// machine ("Missing: ... from lock file"). The missing entries follow from the package's name. Addresses of the registry
// that wrote the lock are removed: npm then asks whichever registry is configured.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { completeLock } from "./lock.mjs";

const PATH = join(import.meta.dirname, "../package-lock.json");
const lock = JSON.parse(readFileSync(PATH, "utf8"));
const changes = completeLock(lock);

if (process.argv.includes("--check") && changes.length > 0) {
  console.error(`package-lock.json would not install everywhere. Run: npm run fix-lock\n${changes.join("\n")}`);
  process.exitCode = 1;
} else {
  if (changes.length > 0) writeFileSync(PATH, `${JSON.stringify(lock, null, 2)}\n`);
  for (const change of changes) console.log(change);
  console.log(`package-lock.json: ${Object.keys(lock.packages).length} packages, for every platform.`);
}
