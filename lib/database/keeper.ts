import { readFile, rm, writeFile } from "node:fs/promises";
import { Refusal } from "../errors";
import type { Places } from "./places";
import { birthmark, endProcess, servesData } from "./processes";

const FAST_MS = 10_000;

/** Claims the cluster for this process. Refuses with `unavailable` while another living process keeps it. */
export async function claim(places: Places): Promise<void> {
  while (!(await leaveNote(places.keeper).then(() => true, ifThere))) {
    const keeper = await livingKeeper(places.keeper);
    if (keeper) throw kept(keeper, places.data);
    await rm(places.keeper, { force: true });
  }
}

/** Writes down this process as the keeper of something. Fails with EEXIST when there is a note already. */
export async function leaveNote(path: string): Promise<void> {
  const note = JSON.stringify({ pid: process.pid, born: await birthmark(process.pid) });
  await writeFile(path, note, { flag: "wx", mode: 0o600 });
}

function ifThere(error: NodeJS.ErrnoException): false {
  if (error.code === "EEXIST") return false;
  throw new Refusal("unavailable", `Valet cannot write to ${error.path ?? "its data directory"}: ${error.code}.`);
}

function kept(pid: number, data: string): Refusal {
  const sentence = `Another Valet (process ${pid}) runs the database in ${data}.`;
  return new Refusal("unavailable", `${sentence} Stop it first, or use another VALET_DATA_DIR.`);
}

/** The process number in the note, if that very process still lives. */
export async function livingKeeper(path: string): Promise<number | undefined> {
  const { pid, born } = await readNote(path);
  return pid !== undefined && (await birthmark(pid)) === born ? pid : undefined;
}

async function readNote(path: string): Promise<{ pid?: number; born?: string }> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return {};
  }
}

export async function release(places: Places): Promise<void> {
  await rm(places.keeper, { force: true });
}

/**
 * Ends a server that an earlier, killed Valet left behind in this data directory.
 * A note whose process number now belongs to somebody else is only removed.
 */
export async function endLeftover(data: string): Promise<boolean> {
  const pid = await serverPid(data);
  if (pid === undefined) return false;
  const ours = await servesData(pid, data);
  if (ours && !(await endProcess(pid, ["SIGINT", "SIGQUIT", "SIGKILL"], FAST_MS)))
    throw new Refusal("unavailable", `The PostgreSQL left behind as process ${pid} does not stop. End it by hand.`);
  await rm(`${data}/postmaster.pid`, { force: true });
  return ours;
}

async function serverPid(data: string): Promise<number | undefined> {
  const text = await readFile(`${data}/postmaster.pid`, "utf8").catch(() => "");
  const pid = Number.parseInt(text, 10);
  return pid > 1 ? pid : undefined;
}
