import type pg from "pg";
import { Refusal } from "./errors";
import { gather } from "./gather";

const WINDOW_SECONDS = 60;
/** How much of the limit a process takes at once. What it does not spend before the minute ends is lost. */
const LEASE_SHARE = 0.01;
/** Clients whose minute is over are forgotten when this many are known. */
const KNOWN_CLIENTS_MAX = 10_000;

/** What a client has left, as far as this process knows: others may have spent of it since. */
export interface Quota {
  readonly limit: number;
  readonly windowSeconds: number;
  readonly remaining: number;
  /** Seconds until the whole limit is there again. */
  readonly resetSeconds: number;
}

/** A client has nothing left in this minute. */
export interface Exhausted {
  readonly quota: Quota;
  readonly refusal: Refusal;
}

export interface Leases {
  /**
   * Counts one request of a client against its limit, which all processes share. Nearly always in memory: a process asks the
   * database for a hundredth of the limit at a time, so there are never more than the limit, and sometimes fewer.
   *
   * @throws what the database throws when a lease is needed and it is away: nothing is given uncounted.
   */
  spend(client: string, now: Date): Promise<Quota | Exhausted>;
}

/** One minute of one client, in this process. */
interface Lease {
  /** Leased and not spent. */
  left: number;
  /** What nobody had leased, when last asked. */
  unleased: number;
  endsAt: number;
}

/** Leases over the `rate_limits` table of our migrations. */
export function createLeases(pool: pg.Pool, requestsPerMinute: number): Leases {
  const leases = new Map<string, Lease>();
  const asking = new Map<string, Promise<Lease>>();
  const block = Math.max(1, Math.floor(requestsPerMinute * LEASE_SHARE));

  const take = gather((wanted: readonly Wanted[]) => takeBlocks(pool, wanted, block, requestsPerMinute), { flights: 1, most: 200 });

  /** One at a time for each client: whoever comes meanwhile waits for the same block. */
  function lease(client: string, at: number): Promise<Lease> {
    const under = asking.get(client);
    if (under) return under;
    const asked = take({ client, at }).finally(() => asking.delete(client));
    asking.set(client, asked);
    return asked.then((taken) => {
      if (leases.size >= KNOWN_CLIENTS_MAX) forgetEnded(leases, at);
      leases.set(client, taken);
      return taken;
    });
  }

  return {
    async spend(client, now) {
      const at = now.getTime();
      for (;;) {
        const held = leases.get(client);
        // Looked at and spent without waiting in between: two requests never spend one point.
        if (held && at < held.endsAt && held.left > 0) {
          held.left -= 1;
          return quotaOf(held, at, requestsPerMinute);
        }
        if (held && at < held.endsAt && held.unleased <= 0) return exhausted(quotaOf(held, at, requestsPerMinute));
        await lease(client, at);
      }
    },
  };
}

function quotaOf({ left, unleased, endsAt }: Lease, at: number, limit: number): Quota {
  const resetSeconds = Math.max(1, Math.ceil((endsAt - at) / 1000));
  return { limit, windowSeconds: WINDOW_SECONDS, remaining: left + unleased, resetSeconds };
}

interface Wanted {
  readonly client: string;
  readonly at: number;
}

/** The first request of a client begins its minute. Points beyond the limit are asked for and never given. */
const TAKE = `
  insert into rate_limits as held (key, points, expire) select key, $2, expire from jsonb_to_recordset($1::jsonb) as s(key text, expire bigint)
  on conflict (key) do update set
    points = case when held.expire <= excluded.expire - $4 then $2 else least(held.points, $3) + $2 end,
    expire = case when held.expire <= excluded.expire - $4 then excluded.expire else held.expire end
  returning key, points, expire`;

/** For all who want one at the moment, in the order of their names: two processes that want the same ones never wait for each other in a ring. */
async function takeBlocks(pool: pg.Pool, wanted: readonly Wanted[], block: number, limit: number): Promise<readonly Lease[]> {
  const window = WINDOW_SECONDS * 1000;
  const asked = wanted.map(({ client, at }) => ({ key: keyOf(client), expire: at + window }));
  asked.sort((left, right) => (left.key < right.key ? -1 : 1));
  const values = [JSON.stringify(asked), block, limit, window];
  const { rows } = await pool.query<{ key: string; points: number; expire: string }>({ name: "take_leases", text: TAKE, values });
  const leases = new Map(rows.map(({ key, points, expire }) => [key, leaseOf(points, Number(expire), block, limit)]));
  return wanted.map(({ client }) => leases.get(keyOf(client)) as Lease);
}

function leaseOf(points: number, endsAt: number, block: number, limit: number): Lease {
  const given = Math.max(0, Math.min(block, limit - (points - block)));
  return { left: given, unleased: Math.max(0, limit - points), endsAt };
}

function keyOf(client: string): string {
  return `client_requests:${client}`;
}

function forgetEnded(leases: Map<string, Lease>, at: number): void {
  for (const [client, { endsAt }] of leases) if (endsAt <= at) leases.delete(client);
}

function exhausted(quota: Quota): Exhausted {
  const { limit, resetSeconds } = quota;
  const message = `This client has sent its ${limit} requests of this minute. Wait ${resetSeconds} seconds.`;
  const refusal = new Refusal("too_many_requests", message, { reason: "client_rate", retryAfterSeconds: resetSeconds });
  return { quota, refusal };
}
