import { readdir, readFile } from "node:fs/promises";

/** Of the clock that Linux counts processor time by: 100 in a second wherever Node runs. */
const TICK_MS = 10;

/** Milliseconds of processor time of a PostgreSQL, all its processes together, as Linux tells; NaN on any other system. */
export async function postgresMs(pid: number): Promise<number> {
  const head = String(pid);
  const processes = await readdir("/proc").catch(() => []);
  const all = await Promise.all(processes.filter((name) => /^\d+$/.test(name)).map(timesOf));
  const ours = all.filter((one) => one !== null && (one.pid === head || one.parent === head));
  return ours.length > 0 ? ours.reduce((sum, one) => sum + (one?.ticks ?? 0), 0) * TICK_MS : Number.NaN;
}

/** proc(5): the parent, and the ticks in user and in kernel mode, counted from behind the name, which may have spaces. */
async function timesOf(pid: string): Promise<{ pid: string; parent: string; ticks: number } | null> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields.length > 13 ? { pid, parent: fields[1] ?? "", ticks: Number(fields[11]) + Number(fields[12]) } : null;
}
