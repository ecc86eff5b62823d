import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Client } from "pg";
import { Refusal } from "../errors";
import { type BackupHeader, TABLES } from "./backup";
import { withClient } from "./databases";
import { applyMigrations } from "./migrate";
import { readMigrations } from "./migrations";

const ROWS_AT_ONCE = 500;

/**
 * Puts a backup into an empty database: the schema that it was made of, then all rows in one transaction, whole or not at all. The next
 * start brings the schema up to date.
 *
 * Refuses with `unavailable` what is no whole backup, a database that holds rows already, and a backup of a newer Valet.
 *
 * @returns how many rows there are now.
 */
export async function restoreBackup(url: string, input: Readable, migrationsFolder: string): Promise<number> {
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
  const first = await lines.next();
  const header = readHeader(first.done ? "" : first.value);
  const known = new Set((await readMigrations(migrationsFolder)).map(({ name }) => name));
  const strange = header.migrations.find((name) => !known.has(name));
  if (strange) throw refused(`The backup is of a newer Valet: it has the migration ${strange}. Restore it with that one.`);
  return withClient(url, async (client) => {
    await requireEmpty(client);
    await applyMigrations(client, migrationsFolder, header.migrations);
    await client.query("BEGIN");
    try {
      const rows = await load(client, lines);
      await client.query("COMMIT");
      return rows;
    } catch (error) {
      await client.query("ROLLBACK");
      throw error;
    }
  });
}

function readHeader(line: string): BackupHeader {
  try {
    const header = JSON.parse(line) as BackupHeader;
    if (header.valet_backup === 1 && Array.isArray(header.migrations)) return header;
  } catch {
    // Said below: whatever it is, it is none.
  }
  throw refused("This is not a backup that npm run backup made.");
}

/** Also true of a database where a restore began and failed: the schema is there, and nothing in it. */
async function requireEmpty(client: Client): Promise<void> {
  for (const name of await tablesOf(client)) {
    const { rowCount } = await client.query(`SELECT 1 FROM ${client.escapeIdentifier(name)} LIMIT 1`);
    if (rowCount) throw refused(`The database is not empty: there are rows in ${name}. Make a new database and give its address.`);
  }
}

async function tablesOf(client: Client): Promise<string[]> {
  return (await client.query<{ name: string }>(TABLES)).rows.map(({ name }) => name);
}

type Lines = AsyncIterator<string>;

/** Rows may come before what they refer to, so the references are made again, and so proved, after the last one. */
async function load(client: Client, lines: Lines): Promise<number> {
  const references = await dropReferences(client);
  const tables = new Set(await tablesOf(client));
  let rows = 0;
  let batch: string[] = [];
  let table = "";
  const flush = async () => {
    if (batch.length > 0 && table === "activity") await reach(client, batch);
    if (batch.length > 0) await insert(client, table, batch);
    batch = [];
  };
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    const tab = next.value.indexOf("\t");
    const [name, rest] = [next.value.slice(0, tab), next.value.slice(tab + 1)];
    if (name === "end") {
      await flush();
      if (rest !== String(rows)) break;
      for (const add of references) await client.query(add);
      await countOn(client);
      return rows;
    }
    if (!tables.has(name)) throw refused("The backup has rows of a table that its own schema does not have. Nothing was restored.");
    if (name !== table || batch.length === ROWS_AT_ONCE) await flush();
    table = name;
    batch.push(rest);
    rows++;
  }
  throw refused("The backup breaks off before its end. Nothing was restored.");
}

/** PostgreSQL reads the row as it wrote it: no number or time passes through JavaScript. */
function insert(client: Client, name: string, rows: readonly string[]): Promise<unknown> {
  const table = client.escapeIdentifier(name);
  return client.query(`INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, $1::json)`, [`[${rows.join(",")}]`]);
}

/** Old months find a partition of their own, as they had. A backup of before there were any has none. */
async function reach(client: Client, rows: readonly string[]): Promise<void> {
  if (!(await hasMonths(client))) return;
  const text = `SELECT activity_reach(greatest(min(at), now() - interval '10 years')) FROM json_populate_recordset(NULL::activity, $1::json)`;
  await client.query(text, [`[${rows.join(",")}]`]);
}

async function hasMonths(client: Client): Promise<boolean> {
  return (await client.query("SELECT FROM pg_class WHERE relname = 'activity' AND relkind = 'p'")).rowCount === 1;
}

/** New rows of activity have later numbers than the restored ones. */
async function countOn(client: Client): Promise<void> {
  if (await hasMonths(client)) await client.query("SELECT setval('activity_seq', max(seq)) FROM activity HAVING max(seq) > 0");
}

/** @returns what makes them again. */
async function dropReferences(client: Client): Promise<string[]> {
  const text = `
    SELECT conrelid::regclass::text AS on_table, quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition
    FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace`;
  const { rows } = await client.query<{ on_table: string; name: string; definition: string }>(text);
  for (const { on_table, name } of rows) await client.query(`ALTER TABLE ${on_table} DROP CONSTRAINT ${name}`);
  return rows.map(({ on_table, name, definition }) => `ALTER TABLE ${on_table} ADD CONSTRAINT ${name} ${definition}`);
}

function refused(sentence: string): Refusal {
  return new Refusal("unavailable", sentence, { reason: "restore_refused" });
}
