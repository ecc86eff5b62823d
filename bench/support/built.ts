import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { randomText } from "../../lib/tokens/secret";
import { webKeys } from "../../lib/vault/vault";
import type { Asked } from "./proving";

const ROOT = join(import.meta.dirname, "../..");
/** Small beside what is measured, and not so small that asking slows down the start. */
const ASK_EVERY_MS = 4;
const KIB_IN_MIB = 1024;

export type Environment = Readonly<Record<string, string>>;

/** A part of the production build, as it runs for people. */
export interface Started {
  readonly pid: number;
  stop(): Promise<void>;
}

/** Valet whole: PostgreSQL is there, and the starter brings up the rest. What the image runs. */
export function startWhole(environment: Environment): Started {
  return started(
    spawn(process.execPath, [join(ROOT, "scripts/start.mjs"), "--built"], { cwd: ROOT, env: asEnv(environment), stdio: "ignore" }),
  );
}

/** Only the web process, again and again, beside a refresher that is up. */
export async function openBesideRefresher(
  environment: Environment,
  folder: string,
): Promise<{ startWeb(): Started; close(): Promise<void> }> {
  const channel = { VALET_REFRESHER_SOCKET: join(folder, "refresher"), VALET_REFRESHER_TOKEN: randomText() };
  const { VALET_KEYS: ring = "", ...others } = environment;
  const path = join(ROOT, "dist/refresher.mjs");
  const refresher = fork(path, [], {
    cwd: ROOT,
    env: asEnv({ ...environment, ...channel }),
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await once(refresher, "message");
  const env = asEnv({ ...others, ...channel, VALET_WEB_KEYS: webKeys(ring) });
  return {
    startWeb: () => started(spawn(process.execPath, [join(ROOT, "dist/server.mjs")], { cwd: ROOT, env, stdio: "ignore" })),
    async close() {
      const gone = once(refresher, "exit");
      refresher.disconnect();
      await gone;
    },
  };
}

function asEnv(environment: Environment): NodeJS.ProcessEnv {
  return environment as unknown as NodeJS.ProcessEnv;
}

function started(child: ChildProcess): Started {
  return {
    pid: child.pid ?? 0,
    async stop() {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}

/** Asks until somebody answers; answers when that was, on the clock of `performance`. */
export async function firstExchange(url: string, asked: Asked): Promise<number> {
  for (;;) {
    const status = await ask(url, asked);
    if (status === 200) return performance.now();
    if (status !== null) throw new Error(`The first exchange was answered ${status}.`);
    await wait(ASK_EVERY_MS);
  }
}

/** Null where nobody listens yet. */
function ask(url: string, { headers, body }: Asked): Promise<number | null> {
  return new Promise((resolve) => {
    const asking = request(`${url}/oauth/token`, { method: "POST", headers, agent: false }, (answer) => {
      answer.resume().once("end", () => resolve(answer.statusCode ?? null));
    });
    asking.once("error", () => resolve(null));
    asking.end(body);
  });
}

/** Resident memory of a process, as Linux tells; NaN on any other system. */
export async function memoryOf(pid: number): Promise<number> {
  const told = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(told)?.[1] ?? Number.NaN) / KIB_IN_MIB;
}

/** Of a process and all that it started. */
export async function memoryOfAll(pid: number): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  const all = [pid, ...children.trim().split(/\s+/).filter(Boolean).map(Number)];
  return (await Promise.all(all.map(memoryOf))).reduce((sum, one) => sum + one, 0);
}
