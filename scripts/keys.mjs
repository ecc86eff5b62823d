// `npm run keys`: a fresh value for VALET_KEYS. Put it first, before the keys in use, start Valet with that, and then
// `npm run keys rotate` seals everything anew with it; it may be ended at any moment and run again.
import { randomBytes } from "node:crypto";

if (process.argv.length > 2) await work();
else console.log(`${new Date().toISOString().slice(0, 10).replaceAll("-", "")}:${randomBytes(32).toString("base64url")}`);

async function work() {
  const { installIfNeeded, requireNode } = await import("./install.mjs");
  requireNode();
  await installIfNeeded();
  const { buildIfNeeded } = await import("./build.mjs");
  if (!(await buildIfNeeded())) process.exit(1);
  await import("../dist/keys.mjs");
}
