import { type ReadDb, readByKey } from "./db";
import { workedOut } from "./workedOut";

/** What a decision rests on. */
export interface Basis {
  /** Versions of the rows, by table: PostgreSQL's `xmin`, which is another one after every change of a row. Null: there was no such row. */
  readonly versions: Record<string, string | null>;
  /** Whether any of them was remembered, and not read for this decision. */
  recalled: boolean;
  /** Whether every row of use that rests on this very object says the same of what was decided. */
  readonly shared?: boolean;
}

/** What a decision rests on has changed since it was read: it is no decision, and is made again by what is read then. */
export class Stale extends Error {
  override readonly name = "Stale";
}

/** Reads one row by its key. A text of it selects each table's version as `"v:<table>"`, next to what it tells. Rows are shared: nobody may change them. */
export type Recall = <Row extends object>(name: string, text: string, key: string) => Promise<Readonly<Row> | null>;

/** Rows that one reading remembers. */
const ROWS_MAX = 10_000;
/** Nothing rests on this but that a version is not given out anew meanwhile, which takes four billion transactions. */
const AGE_MAX_MS = 10 * 60_000;

interface Kept {
  readonly row: object;
  readonly readAt: number;
}

type Memory = Map<string, Map<string, Kept>>;
const memories = new WeakMap<ReadDb, Memory>();

/** What is read now. */
export function readNow(db: ReadDb): Recall {
  return async (name, text, key) => keep(db, name, key, await readByKey(db, name, text, key));
}

/**
 * What was read before, where it was, and what is read now where it was not. `basis` learns the version of every row that came out, for the gate to
 * compare: nothing may be given, and nothing refused, by what was only remembered.
 */
export function readBefore(db: ReadDb, basis: Basis): Recall {
  return async <Row extends object>(name: string, text: string, key: string) => {
    const before = recalled(db, name, key) as Row | null;
    if (before) basis.recalled = true;
    const row = before ?? (await readNow(db)<Row>(name, text, key));
    for (const [table, version] of row ? workedOut(row, "versions", () => versionsIn(row)) : []) note(basis.versions, table, version);
    return row;
  };
}

function versionsIn(row: object): readonly (readonly [table: string, version: string | null])[] {
  return Object.entries(row).flatMap(([column, version]) => (column.startsWith("v:") ? [[column.slice(2), version] as const] : []));
}

/** Two readings that saw different versions of a row rest on no moment that ever was. */
const NEVER = "0";

function note(versions: Basis["versions"], table: string, version: string | null): void {
  versions[table] = !(table in versions) || versions[table] === version ? version : NEVER;
}

function recalled(db: ReadDb, name: string, key: string): object | null {
  const kept = memories.get(db)?.get(name)?.get(key);
  return kept && performance.now() - kept.readAt < AGE_MAX_MS ? kept.row : null;
}

/** Only what is there is remembered: that something is not there is asked each time. */
function keep<Row extends object>(db: ReadDb, name: string, key: string, row: Row | null): Row | null {
  const memory: Memory = memories.get(db) ?? new Map();
  memories.set(db, memory);
  const rows = memory.get(name) ?? new Map<string, Kept>();
  memory.set(name, rows);
  rows.delete(key);
  if (row) rows.set(key, { row, readAt: performance.now() });
  const [oldest] = rows.size > ROWS_MAX ? rows.keys() : [];
  if (oldest !== undefined) rows.delete(oldest);
  return row;
}
