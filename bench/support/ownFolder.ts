import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endLeftover } from "../../lib/database/keeper";
import { findOwner } from "../../lib/database/owner";
import { findPlaces } from "../../lib/database/places";

/** Where a bench leaves what it leaves on the disk. */
export interface OwnFolder {
  readonly folder: string;
  /** Looks for the databases that were made since: where their data is, is known by their folder alone, which they take with them. */
  note(): Promise<readonly string[]>;
}

const INTERRUPTIONS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Gives a bench a temporary folder of its own. All in it is gone afterwards, and so are the databases that were made in it, wherever their data is: also when
 * the bench fails or is interrupted.
 */
export async function inOwnFolder(work: (own: OwnFolder) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "valet-bench-"));
  // PostgreSQL's own user has to walk through it.
  await chmod(folder, 0o711);
  const [outer, asked] = [process.env.TMPDIR, new Set([join(folder, "postgres")])];
  process.env.TMPDIR = folder;
  const note = async () => {
    for (const name of await readdir(folder)) asked.add(join(folder, name, "postgres"));
    return [...asked];
  };
  const clean = async () => {
    await note();
    for (const dataDir of asked) await forget(dataDir);
    await rm(folder, { recursive: true, force: true });
  };
  const interrupted = () => {
    // What breaks because its database ends is no news any more.
    for (const trouble of ["uncaughtException", "unhandledRejection"]) process.on(trouble, () => undefined);
    void clean().finally(() => process.exit(130));
  };
  for (const signal of INTERRUPTIONS) process.once(signal, interrupted);
  try {
    await work({ folder, note });
  } finally {
    for (const signal of INTERRUPTIONS) process.off(signal, interrupted);
    await clean();
    if (outer === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = outer;
  }
}

async function forget(dataDir: string): Promise<void> {
  const { data, home, moved } = await findPlaces(dataDir, await findOwner(dataDir));
  await endLeftover(data);
  await rm(moved ? home : data, { recursive: true, force: true });
}
