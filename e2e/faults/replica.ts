import { execFileSync } from "node:child_process";
import { appendFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { type Embedded, startEmbedded } from "../../lib/database/embedded";
import { findOwner } from "../../lib/database/owner";
import { findPlaces } from "../../lib/database/places";
import { until } from "./load";

const NAME = "valet_replica";

export interface Replica {
  /** Ends following, and takes the address of the one that it followed. */
  takeOver(port: number, database: string): Promise<Embedded>;
  stop(): Promise<void>;
}

/** The files of a PostgreSQL that stands still, copied to where another one will be. */
export async function copyFiles(from: Embedded, fromFolder: string, dataDir: string): Promise<void> {
  const [there, here] = [await placesOf(fromFolder), await placesOf(dataDir)];
  execFileSync("cp", ["-a", from.data, here.data]);
  execFileSync("cp", ["-a", there.password, here.password]);
}

/** Starts the copy as a synchronous replica: what `primary` has committed, it has. */
export async function follow(primary: Embedded, dataDir: string): Promise<Replica> {
  const { data } = await placesOf(dataDir);
  const { username, password, port } = new URL(primary.url);
  const at = `host=127.0.0.1 port=${port} user=${username} password=${decodeURIComponent(password)} application_name=${NAME}`;
  await appendFile(join(data, "postgresql.auto.conf"), `primary_conninfo = '${at}'\n`);
  await writeFile(join(data, "standby.signal"), "");
  let running = await startEmbedded({ dataDir });
  await ask(primary.url, `alter system set synchronous_standby_names = '${NAME}'`);
  await ask(primary.url, "select pg_reload_conf()");
  await until(async () => (await ask(primary.url, "select 1 from pg_stat_replication where sync_state = 'sync'")).length > 0);
  return {
    async takeOver(wanted, database) {
      await ask(running.url, "select pg_promote()");
      await running.stop();
      running = await startEmbedded({ dataDir, port: wanted, database });
      return running;
    },
    stop: () => running.stop(),
  };
}

async function placesOf(dataDir: string) {
  return findPlaces(dataDir, await findOwner(dataDir));
}

async function ask(url: string, text: string): Promise<readonly object[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
