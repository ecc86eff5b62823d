import { asActor, type Core } from "../ctx";
import { freshRead, type ReadDb, writingSide } from "../db";
import { change } from "./change";

const DAY_MS = 86_400_000;
/** Partitions are there for as long ahead: whoever's clock is ahead of ours finds its own. */
const AHEAD_MS = 60 * DAY_MS;
/** Whoever waits for activity waits so long for us; who is longer at it is left alone until the next minute. */
const LOCK_MS = 250;

/** Where the partitions begin and end, and the last beginning of one until a moment. */
const MONTHS = `select min(month) at time zone 'UTC' as first, (max(month) + interval '1 month') at time zone 'UTC' as last,
  max(month) filter (where month at time zone 'UTC' <= $1) at time zone 'UTC' as bound from (select month::timestamp from activity_months) m`;
type Months = Record<"first" | "last" | "bound", Date | null>;

/**
 * Makes the partitions of the next two months before they begin. A row that comes before its partition is not refused: it lies in one for all that is ahead,
 * and moves.
 *
 * @returns how many were made.
 */
export async function makeMonths({ db, clock }: Pick<Core, "db" | "clock">): Promise<number> {
  const until = new Date(clock.now().getTime() + AHEAD_MS);
  const [months] = await freshRead<Months>(db, MONTHS, [until]);
  if (months?.last && months.last > until) return 0;
  const client = await writingSide(db).pool.connect();
  let broken = true;
  try {
    await client.query("begin");
    await client.query(`set local lock_timeout = ${LOCK_MS}`);
    const { rows } = await client.query<{ made: number }>("select activity_reach($1) as made", [until]);
    await client.query("commit");
    broken = false;
    return rows[0]?.made ?? 0;
  } finally {
    // What a broken line left open ends with it.
    client.release(broken);
  }
}

/**
 * Drops the months of activity that were over `VALET_ACTIVITY_RETENTION_DAYS` ago, whole: a row is kept at least that long, and at most a month longer. Leaves one
 * row that says how many there were. Where it is not set, everything is kept.
 *
 * @returns how many rows were dropped.
 */
export async function dropOldActivity(core: Core): Promise<number> {
  const days = core.settings.activityRetentionDays;
  if (days === null) return 0;
  const wanted = new Date(core.clock.now().getTime() - days * DAY_MS);
  const found = await oldRows(core.db, wanted);
  if (!found) return 0;
  const system = asActor(core, { kind: "system", name: "retention" } as const);
  await change(system, "activity.drop", async (tx, row) => {
    await tx.$executeRawUnsafe(`set local lock_timeout = ${LOCK_MS}`);
    const [dropped] = await tx.$queryRawUnsafe<{ bound: Date | null }[]>("select activity_drop($1::timestamptz) as bound", wanted);
    // Another process was first: its row says it.
    if (!dropped?.bound) throw new Nothing();
    const before = dropped.bound.toISOString();
    row.target = `Activity before ${before.slice(0, 10)}`;
    row.detail = { rows: found.rows, before, retention_days: days };
  }).catch((error: unknown) => {
    if (!(error instanceof Nothing)) throw error;
    found.rows = 0;
  });
  await forgetCells(core.db);
  return found.rows;
}

/** Rolls a change back that had nothing to do. */
class Nothing extends Error {}

/** Counted before anybody is kept out: so old, no more are written. Null where no month is over. */
async function oldRows(db: ReadDb, wanted: Date): Promise<{ rows: number } | null> {
  const [months] = await freshRead<Months>(db, MONTHS, [wanted]);
  if (!months?.first || !months.bound || months.first >= months.bound) return null;
  const [counted] = await freshRead<{ rows: number }>(db, "select count(*)::int as rows from activity where at < $1", [months.bound]);
  return { rows: counted?.rows ?? 0 };
}

/** No reader looks at cells of before what is kept. */
async function forgetCells(db: ReadDb): Promise<void> {
  const weeks = "slot + seconds * interval '1 second' <= (select kept_from from activity_rolled)";
  await writingSide(db).pool.query(`delete from activity_counts where ${weeks}`);
}
