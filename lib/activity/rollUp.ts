import { setTimeout as wait } from "node:timers/promises";
import type { PoolClient } from "pg";
import { preparedRead, type ReadDb, writingSide } from "../db";
import { CELLS, type Cells, ORIGIN_SQL } from "./counts";

/** So many rows that are not counted yet cost whoever reads a chart nothing. */
const LEFT_MAX = 1_000;
/** Rows that are counted in one transaction; fewer where PostgreSQL has so much else to do that it gives these up. */
const AT_ONCE = 20_000;
const AT_ONCE_LEAST = 500;
/** query_canceled: the statement took too long. */
const TOO_LONG = "57014";
const TRY_EVERY_MS = 20;
const TRIES_MAX = 250;

/** How far rows are counted in cells: all up to `seq`, and no other. */
export interface Rolled {
  readonly seq: string;
  /** Cells of before this are of rows that were dropped. */
  readonly keptFrom: Date;
}

export async function readRolled(db: ReadDb): Promise<Rolled> {
  const text = 'select seq, kept_from as "keptFrom" from activity_rolled';
  const [rolled] = await preparedRead<Rolled & Record<string, unknown>>(db, "activity_rolled", text, []);
  return rolled ?? { seq: "0", keptFrom: new Date(0) };
}

/**
 * Counts rows into cells, as far as they are committed: each once, whatever its time and however late. Charts add what is left, so they are the same before
 * and after. Of several processes one at a time is at work; the others leave it to it. Book-keeping: it changes no record, and has no row.
 *
 * @returns how far it came; null when there was nothing to do, or another was at it.
 */
export async function rollUpActivity({ db }: { readonly db: ReadDb }, leftMax = LEFT_MAX, rowsAtOnce = AT_ONCE): Promise<string | null> {
  const { pool } = writingSide(db);
  const client = await pool.connect();
  let broken = false;
  try {
    const begun = await readBegun(client);
    const { seq } = await readRolled(db);
    if (begun - BigInt(seq) <= BigInt(leftMax)) return null;
    if (!(await allEnded(client))) return null;
    let came: bigint | null = null;
    const some = () => countSome(client, begun, rowsAtOnce);
    for (let next = await some(); next !== null; next = next < begun ? await some() : null) came = next;
    return came === null ? null : String(came);
  } catch (error) {
    // What a broken line left open ends with it.
    broken = true;
    throw error;
  } finally {
    client.release(broken);
  }
}

/** The number of the row that was begun last. Rows are numbered as they are begun, and committed in any order. */
async function readBegun(client: PoolClient): Promise<bigint> {
  const { rows } = await client.query<{ begun: string }>(
    "select case when is_called then last_value else 0 end as begun from activity_seq",
  );
  return BigInt(rows[0]?.begun ?? 0);
}

/**
 * Waits until whoever was writing rows at this moment has ended: whatever was begun before it is committed by then, or never will be. A row's number is taken
 * under the lock that every insert holds until its transaction ends, so whoever is not among these takes a later one.
 */
async function allEnded(client: PoolClient): Promise<boolean> {
  let left = await writing(client, null);
  for (let tries = 0; left.length > 0; tries += 1) {
    if (tries === TRIES_MAX) return false;
    await wait(TRY_EVERY_MS);
    left = await writing(client, left);
  }
  return true;
}

const WRITING = `select virtualtransaction as id from pg_locks
  where locktype = 'relation' and relation = 'activity'::regclass and mode = 'RowExclusiveLock' and granted
    and database = (select oid from pg_database where datname = current_database())
    and ($1::text[] is null or virtualtransaction = any($1))`;

async function writing(client: PoolClient, among: readonly string[] | null): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(WRITING, [among]);
  return rows.map(({ id }) => id);
}

/** As many as can be counted in time. */
async function countSome(client: PoolClient, begun: bigint, rowsAtOnce: number): Promise<bigint | null> {
  for (let atOnce = rowsAtOnce; ; atOnce = Math.floor(atOnce / 4)) {
    try {
      return await countOn(client, begun, atOnce);
    } catch (error) {
      if ((error as { code?: unknown }).code !== TOO_LONG || atOnce / 4 < AT_ONCE_LEAST) throw error;
    }
  }
}

/** One transaction: what was counted, and how far. Answers null when another process is at it, or nothing is left. */
async function countOn(client: PoolClient, begun: bigint, atOnce: number): Promise<bigint | null> {
  await client.query("begin");
  try {
    const { rows } = await client.query<{ seq: string }>("select seq from activity_rolled for update skip locked");
    const from = rows[0] && BigInt(rows[0].seq);
    const to = from === undefined || from >= begun ? null : from + BigInt(atOnce) < begun ? from + BigInt(atOnce) : begun;
    if (to !== null) {
      // All of it fits, and nothing is sorted on the disk.
      await client.query("set local work_mem = '64MB'");
      await client.query(COUNT, [String(from), String(to)]);
      await client.query("update activity_rolled set seq = $1", [String(to)]);
    }
    await client.query("commit");
    return to;
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw error;
  }
}

const KEY = ["cells", "seconds", "slot", ...Object.keys((CELLS[0] as Cells).columns)];
const NAMES = KEY.slice(3).join(", ");

/** The narrowest first, and the wider ones of those. */
function cellsOf({ name, seconds, columns }: Cells): string {
  const values = KEY.slice(3).map((column) => `${columns[column]} as ${column}`);
  const numbers = KEY.slice(2).map((_, index) => index + 1);
  return `select '${name}'::text as cells, w.seconds, date_bin(w.seconds * interval '1 second', f.slot, ${ORIGIN_SQL}) as slot,
      ${NAMES}, sum(f.rows) as rows
    from (select date_bin('${seconds.at(-1)} seconds', at, ${ORIGIN_SQL}) as slot, ${values.join(", ")}, count(*) as rows
      from fresh group by ${numbers.join(", ")}) f
    cross join unnest('{${seconds.join(",")}}'::int[]) w(seconds) group by w.seconds, 3, ${NAMES}`;
}

const COUNT = `with fresh as materialized (select at, ${NAMES} from activity where seq > $1 and seq <= $2)
  insert into activity_counts (${KEY.join(", ")}, rows)
  select * from (${CELLS.map((cells) => `(${cellsOf(cells)})`).join(" union all ")}) every
  on conflict (${KEY.join(", ")}) do update set rows = activity_counts.rows + excluded.rows`;
