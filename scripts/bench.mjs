// `npm run bench`: every bench/*.ts in turn. Each prints a section of Markdown; together they become docs/benchmarks.md. `npm run bench -- growth` renews the
// sections of what is named alone. Long forms: `BENCH_ROWS=10000000 BENCH_FOLDER=<where its ledger is kept> npm run bench -- activity`, and
// `BENCH_GROWTH=100000 npm run bench -- growth`.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { installIfNeeded, requireNode } from "./install.mjs";
import { runStep } from "./run.mjs";

const ROOT = join(import.meta.dirname, "..");
const REPORT = join(ROOT, "docs/benchmarks.md");
const README = join(ROOT, "README.md");
/** The section that README has too. */
const REACHED = "## Exchanges, and what they are to reach";

requireNode();
await installIfNeeded();
await runStep("Generate the database client", [process.execPath, join(ROOT, "scripts/generate.mjs")], { cwd: ROOT });
const { buildIfNeeded } = await import("./build.mjs");
// Lists are measured as people get them.
if (!(await buildIfNeeded())) process.exit(1);
const load = loadavg()[0] ?? 0;
const wanted = process.argv.slice(2).map((name) => `${name}.ts`);
const files = readdirSync(join(ROOT, "bench")).filter((name) => name.endsWith(".ts") && (wanted.length === 0 || wanted.includes(name)));
const sections = [];
for (const name of files.sort()) sections.push(await run(name));
const [first, ...before] =
  wanted.length > 0
    ? readFileSync(REPORT, "utf8")
        .trim()
        .split(/\n+(?=## )/)
    : [head()];
writeFileSync(REPORT, `${[first, ...renewed(before, sections)].join("\n\n")}\n`);
const biome = join(ROOT, "node_modules/@biomejs/biome/bin/biome");
await runStep("Format the report", [process.execPath, biome, "format", "--write", REPORT], { cwd: ROOT });
copyToReadme(sections.find((one) => one.startsWith(REACHED)));
console.log(`\nWritten to docs/benchmarks.md.`);

/** The README says how fast it is in the words of the last run. */
function copyToReadme(section) {
  if (!section) return;
  const readme = readFileSync(README, "utf8");
  const between = /(<!-- speed -->\n)[\s\S]*(\n<!-- \/speed -->)/;
  writeFileSync(
    README,
    readme.replace(between, (_, before, after) => `${before}\n${section.slice(REACHED.length).trim()}\n${after}`),
  );
}

/** Each in the place of the one with its title, or at the end. */
function renewed(before, sections) {
  const titleOf = (section) => section.split("\n", 1)[0];
  const titles = sections.map(titleOf);
  const known = before.map((one) => sections[titles.indexOf(titleOf(one))] ?? one);
  return [...known, ...sections.filter((one) => !known.includes(one))];
}

async function run(name) {
  console.log(`\nbench/${name}`);
  const child = spawn(process.execPath, ["--import", "tsx", join(ROOT, "bench", name)], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.on("data", (chunk) => {
    printed += chunk;
    process.stdout.write(chunk);
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) {
    console.error(`bench/${name} failed.`);
    process.exit(1);
  }
  // What Next says while it builds belongs to nobody's section.
  return printed.slice(printed.indexOf("## ")).trim();
}

function head() {
  const gib = Math.round(totalmem() / 1024 ** 3);
  const busy = load > 1 ? `, which had other work beside this (load average ${load.toFixed(1)} at the start)` : "";
  return [
    "# Benchmarks",
    "",
    "Written by `npm run bench`; do not edit. Read the ratios inside a run, not the absolute figures: everything, the load generator and",
    "PostgreSQL included, shares one machine, on loopback. Figures are medians of several interleaved rounds.",
    "",
    `This run: Node ${process.versions.node} on ${availableParallelism()} cores with ${gib} GiB${busy}.`,
  ].join("\n");
}
