import type pg from "pg";

/** What an admitted use takes from what its grant may do. */
export interface Spending {
  readonly grantId: string;
  /** As its caller named it; null is a run without a name. */
  readonly runId: string | null;
  readonly calls: number;
  readonly writes: number;
  readonly callsPerHour?: number | undefined;
  readonly writesPerRun?: number | undefined;
}

/** The limit that has no room for it. `retryAfterSeconds` is null when waiting would not help. */
export interface Overspent {
  readonly limit: "callsPerHour" | "writesPerRun";
  readonly retryAfterSeconds: number | null;
}

const MINUTE_MS = 60_000;
/** The minutes of an hour, and the one under way: each has a slot, which the minute 61 later takes over. */
const SLOTS = 61;
/** A run's count may be forgotten when no grant can be as old any more. */
const RUN_MS = 31 * 24 * 60 * MINUTE_MS;

/**
 * Counts a use against its grant's limits, inside the transaction that admits it: what is not admitted is not counted. Uses
 * of one grant wait for each other here, in every process, so that none slips past beside another.
 *
 * Calls are counted by the minute, and a minute counts until its last moment is an hour old: never more than the limit in any hour.
 */
export async function spend(client: pg.PoolClient, spending: Spending, now: Date): Promise<Overspent | null> {
  await client.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`spend ${spending.grantId}`]);
  return (await spendCalls(client, spending, now)) ?? (await spendWrites(client, spending, now));
}

async function spendCalls(client: pg.PoolClient, { grantId, calls, callsPerHour }: Spending, now: Date): Promise<Overspent | null> {
  if (callsPerHour === undefined) return null;
  const retryAfterSeconds = secondsUntilRoom(await minutesOf(client, grantId, now), callsPerHour - calls, now);
  if (retryAfterSeconds !== 0) return { limit: "callsPerHour", retryAfterSeconds };
  const minute = Math.floor(now.getTime() / MINUTE_MS);
  await add(client, slotKey(grantId, minute % SLOTS), calls, (minute + SLOTS) * MINUTE_MS, now);
  return null;
}

async function spendWrites(client: pg.PoolClient, spending: Spending, now: Date): Promise<Overspent | null> {
  const { grantId, runId, writes, writesPerRun } = spending;
  if (writesPerRun === undefined || writes === 0) return null;
  const key = `grant_writes:${grantId}:${runId ?? ""}`;
  const { rows } = await client.query<{ points: number }>("select points from rate_limits where key = $1", [key]);
  if ((rows[0]?.points ?? 0) + writes > writesPerRun) return { limit: "writesPerRun", retryAfterSeconds: null };
  await add(client, key, writes, now.getTime() + RUN_MS, now);
  return null;
}

interface Minute {
  readonly points: number;
  readonly endsAt: number;
}

async function minutesOf(client: pg.PoolClient, grantId: string, now: Date): Promise<Minute[]> {
  const keys = Array.from({ length: SLOTS }, (_, slot) => slotKey(grantId, slot));
  const text = "select points, expire from rate_limits where key = any($1) and expire > $2 order by expire";
  const { rows } = await client.query<{ points: number; expire: string }>(text, [keys, now.getTime()]);
  return rows.map(({ points, expire }) => ({ points, endsAt: Number(expire) }));
}

function slotKey(grantId: string, slot: number): string {
  return `grant_calls:${grantId}:${slot}`;
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
