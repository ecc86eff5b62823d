import pg from "pg";
import { gather } from "./gather";
import { Prisma as Columns } from "./generated/prisma/browser";
import type { Agent, Connection, ConnectorSetup, Prisma, PrismaClient } from "./generated/prisma/client";
import { lazyPrisma } from "./lazyPrisma";

type Reads = "findUnique" | "findUniqueOrThrow" | "findFirst" | "findFirstOrThrow" | "findMany" | "count" | "aggregate" | "groupBy";
type Models = Uncapitalize<Prisma.ModelName>;

/** The database as every verb sees it: it can only be read. */
export type ReadDb = { readonly [M in Models]: Pick<PrismaClient[M], Reads> };

/** The database as `change` hands it out, inside one transaction. */
export type Tx = Prisma.TransactionClient;

export interface Database {
  readonly db: ReadDb;
  close(): Promise<void>;
}

interface Writing {
  readonly prisma: PrismaClient;
  readonly pool: pg.Pool;
}

const KEEPER = Symbol.for("valet.writingSides");
const keeper = globalThis as unknown as Record<symbol, WeakMap<object, Writing> | undefined>;
/** One per process and not per bundle: the pages are another bundle than the server whose database they share. */
keeper[KEEPER] ??= new WeakMap();
const writingSides = keeper[KEEPER];

/** No statement of ours takes as long on a database that is well: one that does is given up, and nothing is given. */
const STATEMENT_MS = 20_000;

/** Opens the pool and the client. `url` is a PostgreSQL address; nothing is sent before the first query. */
export function openDatabase(url: string, options: { poolMax?: number; statementMs?: number } = {}): Database {
  const { poolMax: max = 16, statementMs = STATEMENT_MS } = options;
  // PostgreSQL ends the statement; where it does not even answer, we do not wait for it.
  const times = { connectionTimeoutMillis: 5_000, statement_timeout: statementMs, query_timeout: statementMs + 2_000 };
  const pool = new pg.Pool({ connectionString: url, max, ...times });
  pool.on("error", () => undefined); // a dropped idle connection is replaced by the pool; a query under way still rejects
  const { prisma, close } = lazyPrisma(async () => {
    const [client, adapter] = await Promise.all([import("./generated/prisma/client"), import("@prisma/adapter-pg")]);
    return new client.PrismaClient({ adapter: new adapter.PrismaPg(pool) });
  });
  writingSides.set(prisma, { prisma, pool });
  return {
    db: prisma,
    async close() {
      await close();
      await pool.end();
    },
  };
}

/** The writing side. Only lib/activity may ask: no write without its row. */
export function writingSide(db: ReadDb): Writing {
  const side = writingSides.get(db);
  if (!side) throw new Error("This database was not opened by openDatabase.");
  return side;
}

/** How full the pool is: open connections, and those who wait for one. */
export function poolOf(db: ReadDb): { readonly connections: number; readonly waiting: number } {
  const { pool } = writingSide(db);
  return { connections: pool.totalCount, waiting: pool.waitingCount };
}

/** A constant query whose plan PostgreSQL keeps. For the two hot ways through, where Prisma's own cost would be most of the time. */
export async function preparedRead<Row extends pg.QueryResultRow>(
  db: ReadDb,
  name: string,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  const result = await writingSide(db).pool.query<Row>({ name, text, values: [...values] });
  return result.rows;
}

/** How many readings of one kind are under way at a time, and how many keys one of them has at most. */
const READINGS = { flights: 2, most: 200 };

type ByKey = (key: string) => Promise<(pg.QueryResultRow & { readonly key: string }) | null>;
const readings = new WeakMap<ReadDb, Map<string, ByKey>>();

/**
 * One row by its key, by a kept plan. Who asks while others are being answered is answered together with those who wait too: a crowd costs
 * little more than one. What is told was read after it was asked for.
 *
 * @param text takes the keys as `any($1)`, and answers the one of each row as `key`. Rows are shared: nobody may change them.
 */
export function readByKey<Row extends object>(db: ReadDb, name: string, text: string, key: string): Promise<Readonly<Row> | null> {
  const known = readings.get(db) ?? new Map<string, ByKey>();
  readings.set(db, known);
  let ask = known.get(name);
  if (!ask) {
    ask = gather(async (keys: readonly string[]) => {
      const rows = await preparedRead<pg.QueryResultRow & { readonly key: string }>(db, name, text, [[...new Set(keys)]]);
      const byKey = new Map(rows.map((row) => [row.key, row]));
      return keys.map((one) => byKey.get(one) ?? null);
    }, READINGS);
    known.set(name, ask);
  }
  return ask(key) as Promise<(Readonly<Row> & { readonly key: string }) | null>;
}

/** A query that is put together from what was asked: planned anew each time, with its values known. */
export async function freshRead<Row extends pg.QueryResultRow>(db: ReadDb, text: string, values: readonly unknown[]): Promise<Row[]> {
  const result = await writingSide(db).pool.query<Row>(text, [...values]);
  return result.rows;
}

interface Records {
  readonly agents: Agent;
  readonly connections: Connection;
  readonly connector_setups: ConnectorSetup;
}

const RECORDS: Readonly<Record<keyof Records, string>> = {
  agents: textOf("agents", "id", Columns.AgentScalarFieldEnum),
  connections: textOf("connections", "id", Columns.ConnectionScalarFieldEnum),
  connector_setups: textOf("connector_setups", "connector", Columns.ConnectorSetupScalarFieldEnum),
};

/** Each column by its name: `*` would break kept plans when a migration adds one. */
function textOf(table: keyof Records, key: string, fields: Readonly<Record<string, string>>): string {
  const columns = Object.values(fields).map((field) => `${field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)} as "${field}"`);
  return `select ${key} as key, ${columns} from ${table} where ${key} = any($1)`;
}

/** One whole record by its key, as Prisma would answer it, by a kept plan and together with whoever asks at the same time. Null when there is none. */
export function preparedRecord<Table extends keyof Records>(
  db: ReadDb,
  table: Table,
  key: string,
): Promise<Readonly<Records[Table]> | null> {
  return readByKey<Records[Table]>(db, `record_${table}`, RECORDS[table], key);
}
