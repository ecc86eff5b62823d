import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import type { Agent, Connection, ConnectorSetup } from "./generated/prisma/client";
import { Prisma, PrismaClient } from "./generated/prisma/client";

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

/** Opens the pool and the client. `url` is a PostgreSQL address; nothing is sent before the first query. */
export function openDatabase(url: string, options: { poolMax?: number } = {}): Database {
  const pool = new pg.Pool({ connectionString: url, max: options.poolMax ?? 16, connectionTimeoutMillis: 5_000 });
  pool.on("error", () => undefined); // a dropped idle connection is replaced by the pool; a query under way still rejects
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  writingSides.set(prisma, { prisma, pool });
  return {
    db: prisma,
    async close() {
      await prisma.$disconnect();
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

const RECORDS: Readonly<Record<keyof Records, { readonly key: string; readonly fields: Readonly<Record<string, string>> }>> = {
  agents: { key: "id", fields: Prisma.AgentScalarFieldEnum },
  connections: { key: "id", fields: Prisma.ConnectionScalarFieldEnum },
  connector_setups: { key: "connector", fields: Prisma.ConnectorSetupScalarFieldEnum },
};

/** One whole record by its key, as Prisma would answer it, by a kept plan. Null when there is none. */
export async function preparedRecord<Table extends keyof Records>(db: ReadDb, table: Table, key: string): Promise<Records[Table] | null> {
  const { key: column, fields } = RECORDS[table];
  // Each by its name: `*` would break kept plans when a migration adds a column.
  const columns = Object.values(fields).map((field) => `${field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)} as "${field}"`);
  const [record] = await preparedRead<Records[Table]>(db, `record_${table}`, `select ${columns} from ${table} where ${column} = $1`, [key]);
  return record ?? null;
}
