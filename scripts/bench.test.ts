import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");

/** A benchmark that nobody runs is soon one that does not run: the short form says nothing of speed, and everything else. */
it.each([
  ["exchange", ["An exchange"], 9],
  ["gateway", ["The gateway"], 9],
  ["profile", ["Where the time of an exchange goes"], 9],
  ["speed", ["Exchanges, and what they are to reach"], 13],
] as const)("the benchmark %s runs, and prints a figure in every row", { timeout: 240_000 }, async (name, titles, rows) => {
  const command = ["--import", "tsx", join(ROOT, "bench", `${name}.ts`)];
  const env = { ...process.env, BENCH_SHORT: "1", NODE_ENV: "production" } as const;
  const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: ROOT, env });
  const lines = stdout.split("\n");
  expect(lines.filter((line) => line.startsWith("## ")).map((line) => line.slice(3))).toEqual(titles);
  const figures = lines.filter((line) => line.startsWith("| ")).slice(1);
  const rest = figures.filter((line) => !/^\| -/.test(line));
  expect(rest).toHaveLength(rows);
  for (const line of rest) expect(line).not.toMatch(/NaN|undefined|Infinity/);
});
