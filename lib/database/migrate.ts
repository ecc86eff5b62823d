import type { Client } from "pg";
import { Refusal } from "../errors";
import { withClient } from "./databases";
import { type Migration, RECORD_TABLE, type RecordedMigration, readMigrations } from "./migrations";

export interface Migrated {
  /** Names of the migrations applied now, in order. Empty when there was nothing to do. */
  readonly applied: string[];
}

/** The number Prisma locks on: its `migrate deploy` and this runner wait for each other. */
const ADVISORY_LOCK = 72707369;

/**
 * Applies what the folder has and the database has not, in the folder's order, one transaction each, under a lock:
 * several processes may start at once.
 *
 * Refuses with `unavailable` when a recorded migration was changed afterwards, when one failed half-way,
 * when the database is newer than this Valet, and when a migration does not apply.
 *
 * @param only the names to apply, for a schema that is older than this Valet. Left out: all.
 */
export async function applyMigrations(target: string | Client, folder: string, only?: readonly string[]): Promise<Migrated> {
  const all = await readMigrations(folder);
  const migrations = only ? all.filter(({ name }) => only.includes(name)) : all;
  if (typeof target === "string") return withClient(target, (client) => applyLocked(client, migrations));
  return applyLocked(target, migrations);
}

async function applyLocked(client: Client, migrations: readonly Migration[]): Promise<Migrated> {
  await client.query("SELECT pg_advisory_lock($1)", [ADVISORY_LOCK]);
  try {
    return { applied: await applyMissing(client, migrations) };
  } finally {
    await client.query("SELECT pg_advisory_unlock($1)", [ADVISORY_LOCK]);
  }
}

async function applyMissing(client: Client, migrations: readonly Migration[]): Promise<string[]> {
  await client.query(RECORD_TABLE);
  const { rows } = await client.query<RecordedMigration>("SELECT * FROM _prisma_migrations WHERE rolled_back_at IS NULL");
  for (const row of rows) judgeRecord(row, migrations);
  const known = new Set(rows.map((row) => row.migration_name));
  const missing = migrations.filter((migration) => !known.has(migration.name));
  for (const migration of missing) await applyOne(client, migration);
  return missing.map((migration) => migration.name);
}

function judgeRecord(row: RecordedMigration, migrations: readonly Migration[]): void {
  const name = row.migration_name;
  const file = migrations.find((migration) => migration.name === name);
  if (!file) throw refused(`The database is newer than this Valet: it has the migration ${name}. Start a Valet that knows it.`);
  if (row.finished_at === null)
    throw refused(`The migration ${name} failed half-way. Repair it, then settle it with prisma migrate resolve.`);
  if (row.checksum !== file.checksum)
    throw refused(`The migration ${name} was changed after it was applied. Restore the file, and put the change into a new migration.`);
}

/** The record is written in the same transaction: a migration is there with its record, or neither is. */
async function applyOne(client: Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(sql);
    await client.query(
      "INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count) VALUES (gen_random_uuid()::text, $1, $2, now(), clock_timestamp(), 1)",
      [checksum, name],
    );
    await client.query("COMMIT");
  } catch (cause) {
    await client.query("ROLLBACK");
    throw refused(`The migration ${name} does not apply: ${(cause as Error).message}. Nothing of it was kept.`, cause);
  }
}

function refused(sentence: string, cause?: unknown): Refusal {
  return new Refusal("unavailable", sentence, { cause, reason: "migration_refused" });
}
