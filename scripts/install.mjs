// Plain Node: runs before anything is installed.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runStep } from "./run.mjs";

const ROOT = join(import.meta.dirname, "..");
const NODE_MIN = [20, 19];

/** Stops with a sentence on a Node that is too old. */
export function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return;
  console.error(`Valet needs Node ${NODE_MIN.join(".")} or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

/** `npm ci`, unless what is installed is what the lock says. */
export async function installIfNeeded() {
  if (isInstalled()) return;
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ["npm"];
  const done = await runStep("Installing packages", [...npm, "ci", "--include=dev"], { cwd: ROOT });
  if (!done.ok) process.exit(1);
}

function isInstalled() {
  const kept = join(ROOT, "node_modules/.package-lock.json");
  if (!existsSync(kept)) return false;
  const wanted = packagesOf(join(ROOT, "package-lock.json"));
  const have = packagesOf(kept);
  return Object.entries(wanted).every(([path, entry]) => path === "" || entry.optional || have[path]?.version === entry.version);
}

const packagesOf = (path) => JSON.parse(readFileSync(path, "utf8")).packages;
