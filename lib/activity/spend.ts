import type pg from "pg";

/** Something that is used up: a grant, or one hop of a chain with all below it. */
export interface Purse {
  /** The grant's or the hop's id. */
  readonly id: string;
  readonly callsPerHour?: number | undefined;
  readonly writesPerRun?: number | undefined;
  /** In all, as long as it lives. */
  readonly callsMax?: number | undefined;
}

/** What an admitted use takes, from each of the purses it is paid out of. */
export interface Spending {
  readonly grantId: string;
  /** As its caller named it; null is a run without a name. */
  readonly runId: string | null;
  readonly calls: number;
  readonly writes: number;
  /** The grant's, then those of the hops, outermost first. */
  readonly purses: readonly Purse[];
}

/** The limit that has no room for it, and whose it is. `retryAfterSeconds` is null when waiting would not help. */
export interface Overspent {
  readonly limit: "callsPerHour" | "writesPerRun" | "callsMax";
  readonly purse: Purse;
  readonly retryAfterSeconds: number | null;
}

const MINUTE_MS = 60_000;
/** The minutes of an hour, and the one under way: each has a slot, which the minute 61 later takes over. */
const SLOTS = 61;
/** A count that lasts may be forgotten when no grant can be as old any more. */
const LASTING_MS = 31 * 24 * 60 * MINUTE_MS;

/**
 * Counts a use against the limits of its grant and of every hop it came by, inside the transaction that admits it: what is not
 * admitted is not counted anywhere. Uses of one grant wait for each other here, in every process, so that none slips past
 * beside another.
 *
 * Calls are counted by the minute, and a minute counts until its last moment is an hour old: never more than the limit in any hour.
 */
export async function spend(client: pg.PoolClient, spending: Spending, now: Date): Promise<Overspent | null> {
  await client.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`spend ${spending.grantId}`]);
  for (const purse of spending.purses) {
    const over = (await spendInHour(client, purse, spending, now)) ?? (await spendLasting(client, purse, spending, now));
    if (over) return over;
  }
  return null;
}

async function spendInHour(client: pg.PoolClient, purse: Purse, { calls }: Spending, now: Date): Promise<Overspent | null> {
  const { id, callsPerHour } = purse;
  if (callsPerHour === undefined) return null;
  const retryAfterSeconds = secondsUntilRoom(await minutesOf(client, id, now), callsPerHour - calls, now);
  if (retryAfterSeconds !== 0) return { limit: "callsPerHour", purse, retryAfterSeconds };
  const minute = Math.floor(now.getTime() / MINUTE_MS);
  await add(client, slotKey(id, minute % SLOTS), calls, (minute + SLOTS) * MINUTE_MS, now);
  return null;
}

async function spendLasting(client: pg.PoolClient, purse: Purse, spending: Spending, now: Date): Promise<Overspent | null> {
  const { id, writesPerRun, callsMax } = purse;
  const { runId, calls, writes } = spending;
  const writesKey = `grant_writes:${id}:${runId ?? ""}`;
  if (!(await fits(client, writesKey, writes, writesPerRun, now))) return { limit: "writesPerRun", purse, retryAfterSeconds: null };
  if (!(await fits(client, `hop_calls:${id}`, calls, callsMax, now))) return { limit: "callsMax", purse, retryAfterSeconds: null };
  return null;
}

/** Whether there is room for it; then it is taken. */
async function fits(client: pg.PoolClient, key: string, points: number, most: number | undefined, now: Date): Promise<boolean> {
  if (most === undefined || points === 0) return true;
  const { rows } = await client.query<{ points: number }>("select points from rate_limits where key = $1", [key]);
  if ((rows[0]?.points ?? 0) + points > most) return false;
  await add(client, key, points, now.getTime() + LASTING_MS, now);
  return true;
}

interface Minute {
  readonly points: number;
  readonly endsAt: number;
}

async function minutesOf(client: pg.PoolClient, purseId: string, now: Date): Promise<Minute[]> {
  const keys = Array.from({ length: SLOTS }, (_, slot) => slotKey(purseId, slot));
  const text = "select points, expire from rate_limits where key = any($1) and expire > $2 order by expire";
  const { rows } = await client.query<{ points: number; expire: string }>(text, [keys, now.getTime()]);
  return rows.map(({ points, expire }) => ({ points, endsAt: Number(expire) }));
}

function slotKey(purseId: string, slot: number): string {
  return `grant_calls:${purseId}:${slot}`;
}

/** Zero when there is room now; null when there never will be. */
function secondsUntilRoom(spent: readonly Minute[], room: number, now: Date): number | null {
  if (room < 0) return null;
  let sum = spent.reduce((total, { points }) => total + points, 0);
  if (sum <= room) return 0;
  for (const { points, endsAt } of spent) {
    sum -= points;
    if (sum <= room) return Math.max(1, Math.ceil((endsAt - now.getTime()) / 1000));
  }
  return null;
}

/** What has expired by now is begun anew. */
async function add(client: pg.PoolClient, key: string, points: number, expire: number, now: Date): Promise<void> {
  const text = `insert into rate_limits (key, points, expire) values ($1, $2, $3) on conflict (key) do update
    set points = case when rate_limits.expire <= $4 then 0 else rate_limits.points end + excluded.points, expire = excluded.expire`;
  await client.query(text, [key, points, expire, now.getTime()]);
}
