import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyDatabase, ensureDatabase } from "../database/databases";
import { type Embedded, startEmbedded } from "../database/embedded";
import { endLeftover, leaveNote, livingKeeper } from "../database/keeper";
import { applyMigrations } from "../database/migrate";

const PREFIX = "valet-test-";
const TEMPLATE = "migrated";

/** Nothing here outlives the run, so nothing needs to survive a power cut. */
const FORGETFUL = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  autovacuum: "off",
  max_connections: "300",
};

/** The PostgreSQL of one run of tests. It starts when the first database is asked for. */
export class TestCluster {
  #started: Promise<Embedded> | undefined;
  #count = 0;

  private constructor(readonly folder: string) {}

  /** A folder for a new cluster. What runs that were killed left behind is ended and removed first. */
  static async open(): Promise<TestCluster> {
    await sweep();
    const folder = await mkdtemp(join(tmpdir(), PREFIX));
    await chmod(folder, 0o711);
    await leaveNote(join(folder, "run"));
    return new TestCluster(folder);
  }

  /** The URL of the server, with its password. */
  async url(): Promise<string> {
    this.#started ??= this.#start();
    return (await this.#started).url;
  }

  /** The URL of a fresh database with every migration applied. */
  async newDatabase(): Promise<string> {
    return copyMigrated(await this.url(), `test_${++this.#count}`);
  }

  async #start(): Promise<Embedded> {
    const embedded = await startEmbedded({ dataDir: join(this.folder, "data"), settings: FORGETFUL });
    const template = await ensureDatabase(embedded.url, TEMPLATE);
    await applyMigrations(template, join(import.meta.dirname, "../../prisma/migrations"));
    return embedded;
  }

  async close(): Promise<void> {
    const started = await this.#started?.catch(() => undefined);
    await started?.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Makes a database of a cluster that runs, also from another process than the one that started it. */
export function copyMigrated(clusterUrl: string, name: string): Promise<string> {
  return copyDatabase(clusterUrl, TEMPLATE, name);
}

/** Ends and removes what runs that were killed left in the temporary folder. */
async function sweep(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(PREFIX));
  await Promise.all(names.map((name) => sweepOne(join(tmpdir(), name)).catch(() => undefined)));
}

async function sweepOne(folder: string): Promise<void> {
  if (!(await readdir(folder)).includes("run") || (await livingKeeper(join(folder, "run")))) return;
  await endLeftover(join(folder, "data"));
  await rm(folder, { recursive: true, force: true });
}
