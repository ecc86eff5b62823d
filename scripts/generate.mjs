// Generates the Prisma client from prisma/schema.prisma: `npm run generate`. Does nothing while it is up to date.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(import.meta.dirname, "..");
const GENERATED = join(ROOT, "lib/generated/prisma/client.ts");

const upToDate = () =>
  existsSync(GENERATED) &&
  ["prisma/schema.prisma", "node_modules/prisma/package.json"].every(
    (path) => statSync(join(ROOT, path)).mtimeMs < statSync(GENERATED).mtimeMs,
  );

/** `generate` never runs the schema engine; naming any existing file for it keeps Prisma from downloading one. */
export function generate() {
  if (upToDate()) return;
  const prisma = join(ROOT, "node_modules/prisma/build/index.js");
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: "1", CHECKPOINT_DISABLE: "1" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [prisma, "generate"], { cwd: ROOT, env, encoding: "utf8" });
  if (status !== 0) throw new Error(`prisma generate failed:\n${stdout}${stderr}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) generate();
