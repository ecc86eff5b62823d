import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const bin = (path) => [process.execPath, join(ROOT, "node_modules", path)];
const script = (name, ...args) => [process.execPath, join(ROOT, "scripts", name), ...args];

/** What `npm run check` and `npm test` hold the code to, in order: title and command. */
export const CHECKS = [
  ["Generate the database client", script("generate.mjs")],
  ["Format and lint", [...bin("@biomejs/biome/bin/biome"), "check", "--error-on-warnings", "."]],
  ["Types of the routes", [...bin("next/dist/bin/next"), "typegen"]],
  ["Types", [...bin("typescript/bin/tsc"), "--noEmit", "-p", "."]],
  ["Who imports whom", script("check-imports.mjs")],
  ["Files that documents name", script("check-docs.mjs")],
  ["The command's page is current", script("cli-docs.mjs", "--check")],
  ["Lockfile", script("fix-lock.mjs", "--check")],
  ["Licences", script("sbom.mjs", "--check")],
  ["Migrations carry the schema", script("migration.mjs", "--check")],
];

/** After the build: what it made. */
export const BUILD_CHECK = ["Script of each route", script("check-scripts.mjs")];

export const UNIT_REPORT = join(ROOT, "test-results/unit.json");
export const BROWSER_REPORT = join(ROOT, "test-results/browser.json");

export const UNIT_TESTS = [
  ...bin("vitest/vitest.mjs"),
  "run",
  "--passWithNoTests",
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${UNIT_REPORT}`,
];
export const BROWSER_TESTS = [...bin("@playwright/test/cli.js"), "test", "--pass-with-no-tests"];
