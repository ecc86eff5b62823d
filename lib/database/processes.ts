import { execFile } from "node:child_process";
import { readFile, readlink, realpath } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** A word that tells this process from a later one with the same number; undefined once it is gone. */
export async function birthmark(pid: number): Promise<string | undefined> {
  if (!isAlive(pid)) return undefined;
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (stat) return isZombie(stat) ? undefined : afterName(stat)[19];
  return run("ps", ["-o", "lstart=", "-p", String(pid)]).then(
    ({ stdout }) => stdout.trim() || undefined,
    () => undefined,
  );
}

/** The fields after the command's name, which may itself hold spaces and brackets: proc(5). */
const afterName = (stat: string) => stat.slice(stat.lastIndexOf(")") + 2).split(" ");
const isZombie = (stat: string) => afterName(stat)[0] === "Z";

/** Whether this process is a PostgreSQL that serves exactly this data directory. */
export async function servesData(pid: number, data: string): Promise<boolean> {
  if (!(await birthmark(pid))) return false;
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  if (folder) return folder === (await realpath(data)) && (await commandOf(pid)).includes("postgres");
  return (await commandOf(pid)).includes(`postgres -D ${data}`);
}

async function commandOf(pid: number): Promise<string> {
  const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => undefined);
  if (line !== undefined) return line.replaceAll("\0", " ");
  return run("ps", ["-o", "command=", "-p", String(pid)]).then(
    ({ stdout }) => stdout,
    () => "",
  );
}

/** Sends one signal after the other, each with its patience, until the process is gone. */
export async function endProcess(pid: number, signals: readonly NodeJS.Signals[], patienceMs: number): Promise<boolean> {
  for (const signal of signals) {
    if (isAlive(pid)) process.kill(pid, signal);
    if (await poll(async () => (await birthmark(pid)) === undefined, patienceMs)) return true;
  }
  return false;
}

const POLL_MS = 20;

/** Asks until the answer is yes; no when the patience runs out. */
export async function poll(question: () => Promise<boolean>, patienceMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs <= patienceMs; waitedMs += POLL_MS) {
    if (await question()) return true;
    await setTimeout(POLL_MS);
  }
  return false;
}
