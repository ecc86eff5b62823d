import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { findBinaries } from "./binaries";
import { type Cluster, openCluster, SUPERUSER } from "./cluster";
import { ensureDatabase } from "./databases";
import { claim, endLeftover, livingKeeper, release } from "./keeper";
import { findOwner } from "./owner";
import { findPlaces } from "./places";
import { endProcess } from "./processes";
import { type Server, serve } from "./serve";

export interface EmbeddedOptions {
  /** Where the data is asked to live. The password lies beside it as `<dataDir>.password`, the log as `<dataDir>.log`. */
  readonly dataDir: string;
  /** The wanted port. Another free one below 32768 when it is taken or left out. */
  readonly port?: number;
  /** The database the URL names; made where it is missing. Default `postgres`. */
  readonly database?: string;
  /** PostgreSQL's own settings, such as `{ max_connections: "50" }`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly onProgress?: (sentence: string) => void;
}

export interface Embedded {
  /** Holds the password: never print it. */
  readonly url: string;
  /** The server's process number. */
  readonly pid: number;
  /** Where the data really is. */
  readonly data: string;
  /** A fast shutdown: open transactions are rolled back. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL that npm installed, on the loopback address only. What a killed Valet left behind is ended first.
 *
 * Refuses with `unavailable`, and a sentence with the fix, when it cannot run here or another Valet runs it already.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const owner = await findOwner(options.dataDir);
  const places = await findPlaces(options.dataDir, owner);
  if (places.moved) options.onProgress?.(`PostgreSQL's user cannot enter ${options.dataDir}, so its data is in ${places.data}.`);
  await claim(places);
  try {
    return await run({ owner, places, binaries: await findBinaries(owner, places.spare) }, options);
  } catch (error) {
    await release(places);
    throw error;
  }
}

/** The address of the embedded PostgreSQL that another process keeps running here; null where none does. */
export async function runningEmbedded(options: { readonly dataDir: string; readonly database: string }): Promise<string | null> {
  const places = await findPlaces(options.dataDir, await findOwner(options.dataDir));
  if (!(await livingKeeper(places.keeper))) return null;
  const [password, note] = await Promise.all([readFile(places.password, "utf8"), readFile(join(places.data, "postmaster.pid"), "utf8")]);
  return `postgresql://${SUPERUSER}:${password.trim()}@127.0.0.1:${Number(note.split("\n")[3])}/${encodeURIComponent(options.database)}`;
}

async function run(cluster: Cluster, options: EmbeddedOptions): Promise<Embedded> {
  const { settings = {}, onProgress = () => undefined } = options;
  if (await endLeftover(cluster.places.data)) onProgress("Ended the PostgreSQL that an earlier, killed Valet left behind.");
  const password = await openCluster(cluster, settings.fsync !== "off", onProgress);
  const server = await serve(cluster, options.port, settings);
  const stop = stopper(cluster, server);
  const url = `postgresql://${SUPERUSER}:${password}@127.0.0.1:${server.port}/postgres`;
  const named = await ensureDatabase(url, options.database ?? "postgres").catch((error) => stop().then(() => Promise.reject(error)));
  return { url: named, pid: server.pid, data: cluster.places.data, stop };
}

const STOP_MS = 15_000;

/** Also when the process exits without a word: then the signal is all there is time for. */
function stopper(cluster: Cluster, server: Server): () => Promise<void> {
  const atExit = () => void server.process.kill("SIGINT");
  process.once("exit", atExit);
  let stopping: Promise<void> | undefined;
  return () => {
    stopping ??= end(cluster, server).finally(() => process.off("exit", atExit));
    return stopping;
  };
}

async function end(cluster: Cluster, server: Server): Promise<void> {
  await endProcess(server.pid, ["SIGINT", "SIGQUIT", "SIGKILL"], STOP_MS);
  await release(cluster.places);
}
