import { type ChildProcess, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { House } from "./house";
import { until } from "./load";

/** A busy machine takes long to start a process. */
const PATIENCE_MS = 240_000;
const ROOT = join(import.meta.dirname, "../..");

let house: House;
let folder: string;
let starter: ChildProcess;
beforeAll(async () => {
  house = await House.open();
  await house.lend();
  folder = await bundle();
  starter = house.startAll(folder);
  starter.stderr?.resume();
  await heard("ready");
}, PATIENCE_MS);
afterAll(async () => {
  starter?.kill("SIGKILL");
  await house.close();
  await rm(folder, { recursive: true });
}, PATIENCE_MS);

/** Where packages are found; the web process without its pages. */
async function bundle(): Promise<string> {
  const cache = join(ROOT, "node_modules/.cache");
  await mkdir(cache, { recursive: true });
  const outdir = await mkdtemp(join(cache, "valet-starter-"));
  const entryPoints = {
    starter: join(ROOT, "starter.ts"),
    refresher: join(ROOT, "refresher.ts"),
    server: join(import.meta.dirname, "valet.ts"),
  };
  await build({
    entryPoints,
    outdir,
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "node",
    outExtension: { ".js": ".mjs" },
  });
  return outdir;
}

async function heard(wanted: string): Promise<void> {
  for (;;) {
    const [message] = await once(starter, "message");
    if (message === wanted) return;
  }
}

/** The refresher that the starter has now. */
function refresher(): number {
  const children = execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(starter.pid)], { encoding: "utf8" });
  return Number.parseInt(children.split("\n").find((line) => line.includes("refresher.mjs")) ?? "", 10);
}

it(
  "a refresher that is killed is started again by itself, and the health page says how often; told to stop, all of it ends",
  async () => {
    const headers = { authorization: `Bearer ${await house.adminToken()}` };
    const told = async () => {
      const answer = await fetch(`${house.url}/api/v1/health`, { headers });
      const { refresher: one } = (await answer.json()) as { refresher: { answers: boolean; started_again: number } };
      return one;
    };
    for (const times of [1, 2]) {
      expect(await told()).toMatchObject({ answers: true, started_again: times - 1 });
      process.kill(refresher(), "SIGKILL");
      await until(async () => (await told()).started_again === times);
    }
    expect(await told()).toMatchObject({ answers: true, started_again: 2 });
    const gone = once(starter, "exit");
    starter.kill("SIGTERM");
    expect(await gone).toEqual([0, null]);
    await expect(fetch(`${house.url}/healthz`)).rejects.toThrow();
  },
  PATIENCE_MS,
);
