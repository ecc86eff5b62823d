#!/usr/bin/env node
// What npm installs has the built command. A clone that was linked before it was built builds it with its first call.
import { existsSync } from "node:fs";

const BUILT = new URL("../dist/valet.mjs", import.meta.url);

if (!existsSync(BUILT)) await build();
await import(BUILT.href);

async function build() {
  const { buildCli } = await import("../build.mjs").catch(() => {
    console.error("valet: This command was not built yet. In the clone, run: npm ci");
    process.exit(1);
  });
  await buildCli();
}
