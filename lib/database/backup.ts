import { once } from "node:events";
import type { Writable } from "node:stream";
import type { Client } from "pg";
import { Refusal } from "../errors";
import { withClient } from "./databases";

/** The first line of a backup. What follows is a line per row, `table<tab>row as JSON`, and `end<tab>how many rows`. */
export interface BackupHeader {
  readonly valet_backup: 1;
  /** The schema that the rows are of, as the migrations that made it. */
  readonly migrations: readonly string[];
}

const ROWS_AT_ONCE = 500;

/** Tables of ours that hold rows, in order. Activity is one, whatever it is partitioned by; what was counted of it is counted anew. */
export const TABLES = `
SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND c.relname NOT IN ('_prisma_migrations', 'activity_counts', 'activity_rolled') ORDER BY c.relname`;

/**
 * Writes everything a Valet has, as it stood at one moment, while it goes on working. Secrets stay sealed: without the key ring the
 * backup opens nothing. Needs no tools of PostgreSQL, so it works for the embedded one too and from one version to another.
 *
 * Refuses with `unavailable` where the database is not a Valet's.
 *
 * @returns how many rows were written.
 */
export function writeBackup(url: string, output: Writable): Promise<number> {
  return withClient(url, async (client) => {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    await client.query("SET LOCAL TimeZone = 'UTC'");
    const header: BackupHeader = { valet_backup: 1, migrations: await appliedMigrations(client) };
    await writeText(output, `${JSON.stringify(header)}\n`);
    let rows = 0;
    for (const { name } of (await client.query<{ name: string }>(TABLES)).rows) rows += await writeTable(client, name, output);
    await writeText(output, `end\t${rows}\n`);
    await client.query("COMMIT");
    return rows;
  });
}

async function appliedMigrations(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ there: string | null }>("SELECT to_regclass('public._prisma_migrations') AS there");
  if (!rows[0]?.there) throw new Refusal("unavailable", "There is no Valet in this database: it has no migrations of Valet's.");
  const text = "SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY 1";
  return (await client.query<{ name: string }>(text)).rows.map(({ name }) => name);
}

/** By a cursor: a ledger of millions of rows is never in memory. */
async function writeTable(client: Client, name: string, output: Writable): Promise<number> {
  const table = client.escapeIdentifier(name);
  await client.query(`DECLARE reading NO SCROLL CURSOR FOR SELECT row_to_json(one)::text AS line FROM ${table} AS one`);
  let written = 0;
  for (;;) {
    const { rows } = await client.query<{ line: string }>(`FETCH ${ROWS_AT_ONCE} FROM reading`);
    if (rows.length === 0) break;
    written += rows.length;
    await writeText(output, rows.map(({ line }) => `${name}\t${line}\n`).join(""));
  }
  await client.query("CLOSE reading");
  return written;
}

async function writeText(output: Writable, text: string): Promise<void> {
  if (!output.write(text)) await once(output, "drain");
}
