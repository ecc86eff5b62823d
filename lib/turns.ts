import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import { Refusal } from "./errors";

/** Work that one process at a time may do, of all that share a database. */
export interface Turns {
  /**
   * Does the work once no other process is at work for this key. Whoever calls sees to it that this process asks once at a time for each key.
   *
   * Refuses `unavailable` when the other is not done within a minute. @throws what the database throws when it is away: then nothing is done.
   */
  hold<T>(key: string, work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const TRY_EVERY_MS = 25;
const TRIES_MAX = 2400;
/** Our own space among the locks of the database. */
const LOCK = "hashtextextended($1, 7)";

/**
 * Turns as locks of one session of PostgreSQL that a process keeps for this alone. Where the process dies the session ends with it, and the
 * turn is another's at once; so it is where PostgreSQL lost the session, and what is written then decides by version.
 */
export function createTurns(connectionString: string): Turns {
  // Where the host of another process is gone without a word, PostgreSQL finds out within seconds.
  const options = "-c tcp_keepalives_idle=2 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=2";
  // One session, for as long as the process lives: what it holds, it holds.
  const session = new pg.Pool({ connectionString, options, max: 1, idleTimeoutMillis: 0, connectionTimeoutMillis: 5_000 });
  session.on("error", () => undefined); // the next question opens another

  async function take(key: string): Promise<void> {
    const asked = { name: "take_turn", text: `select pg_try_advisory_lock(${LOCK}) as taken`, values: [key] };
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      if (tries > 0) await wait(TRY_EVERY_MS);
      const { rows } = await session.query<{ taken: boolean }>(asked);
      if (rows[0]?.taken) return;
    }
    throw new Refusal("unavailable", "Another process is at work on this and does not come to an end. Try again.", {
      reason: "turn_taken",
      retryAfterSeconds: 5,
    });
  }

  return {
    async hold(key, work) {
      await take(key);
      try {
        return await work();
      } finally {
        // A session that cannot give it back is gone, and the turn with it.
        await session.query({ name: "give_turn", text: `select pg_advisory_unlock(${LOCK})`, values: [key] }).catch(() => undefined);
      }
    },
    close: () => session.end(),
  };
}
