import { type ChildProcess, spawn } from "node:child_process";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Refusal } from "../errors";
import type { Cluster } from "./cluster";
import { asOwner } from "./owner";
import { findFreePort } from "./port";
import { poll } from "./processes";

const START_MS = 60_000;
const TRIES = 5;

export interface Server {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly port: number;
}

/**
 * Starts the server and waits until it answers. Tries again when another process took the port in between,
 * or when the last children of a killed server still hold its shared memory.
 */
export async function serve(cluster: Cluster, wantedPort: number | undefined, settings: Readonly<Record<string, string>>): Promise<Server> {
  for (let tries = 1; ; tries++) {
    const port = await findFreePort(tries === 1 ? wantedPort : undefined);
    const child = await launch(cluster, { ...settings, port: String(port) });
    if (await becomesReady(cluster, child)) return { process: child, pid: child.pid as number, port };
    const said = await readFile(cluster.places.log, "utf8").catch(() => "");
    child.kill("SIGQUIT");
    if (tries === TRIES || !PASSING.test(said)) throw notStarted(cluster, said);
  }
}

const PASSING = /could not bind|Address already in use|shared memory block|still in use/;

function notStarted(cluster: Cluster, said: string): Refusal {
  const last = said.trim().split("\n").slice(-5).join("\n");
  return new Refusal("unavailable", `PostgreSQL did not start in ${cluster.places.data}. Its log (${cluster.places.log}) ends:\n${last}`);
}

/** Always so, whatever the caller sets: loopback only, UTC, UTF-8, no socket files. */
const FIXED = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  timezone: "UTC",
  log_timezone: "UTC",
  client_encoding: "UTF8",
};

/** A ledger of ten years is 120 partitions with ten indexes, and a reading that needs all of them holds a lock on each. */
const ROOM = { max_locks_per_transaction: "256" };

/** In a session of its own: Ctrl-C in the terminal reaches Valet alone, which then drains before it stops the database. */
async function launch(cluster: Cluster, settings: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const all = Object.entries({ ...ROOM, ...settings, ...FIXED }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const log = await open(cluster.places.log, "w", 0o600);
  try {
    const options = asOwner(cluster.owner, cluster.places.home);
    const stdio: ["ignore", number, number] = ["ignore", log.fd, log.fd];
    const child = spawn(cluster.binaries.postgres, ["-D", cluster.places.data, ...all], { ...options, detached: true, stdio });
    child.once("error", () => undefined).unref();
    return child;
  } finally {
    await log.close();
  }
}

/** The server writes its state into line 8 of `postmaster.pid`. */
async function becomesReady(cluster: Cluster, child: ChildProcess): Promise<boolean> {
  const note = join(cluster.places.data, "postmaster.pid");
  let ready = false;
  await poll(async () => {
    const lines = (await readFile(note, "utf8").catch(() => "")).split("\n");
    ready = Number(lines[0]) === child.pid && lines[7]?.trim() === "ready";
    return ready || child.exitCode !== null || child.pid === undefined;
  }, START_MS);
  return ready;
}
