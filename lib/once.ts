import type pg from "pg";
import { gather } from "./gather";

/** What may be shown once, and is told apart by whose it is. */
export type OnceKind = "assertion" | "dpop";

/** Remembers what was shown, for all processes: the memory is a table. */
export interface Once {
  /**
   * True the first time. Two who show the same at once: one of them is told true.
   *
   * @param key what makes it the same, at most 200 characters: `client jti`. Never a secret.
   * @param until when it may be forgotten, because it would be refused for its age.
   */
  take(kind: OnceKind, key: string, until: Date): Promise<boolean>;
  /** Forgets what would be refused for its age by `now`. */
  sweep(now: Date): Promise<void>;
}

interface Shown {
  readonly key: string;
  readonly until: Date;
}

const TAKE = `insert into seen_once (key, expires_at)
  select key, expires_at from jsonb_to_recordset($1::jsonb) as s(key text, expires_at timestamptz) on conflict (key) do nothing returning key`;

/** Whoever shows something at the same time is written down together. Of those who show the same, the first is told true. */
async function takeAll(pool: pg.Pool, shown: readonly Shown[]): Promise<readonly boolean[]> {
  const inOrder = [...shown].sort((left, right) => (left.key < right.key ? -1 : 1));
  const values = [JSON.stringify(inOrder.map(({ key, until }) => ({ key, expires_at: until })))];
  const { rows } = await pool.query<{ key: string }>({ name: "take_once", text: TAKE, values });
  const taken = new Set(rows.map(({ key }) => key));
  return shown.map(({ key }) => taken.delete(key));
}

/** Over the `seen_once` table of our migrations. */
export function createOnce(pool: pg.Pool): Once {
  const take = gather((shown: readonly Shown[]) => takeAll(pool, shown), { flights: 1, most: 200 });
  return {
    take: (kind, key, until) => take({ key: `${kind} ${key}`, until }),
    async sweep(now) {
      await pool.query("delete from seen_once where expires_at < $1", [now]);
    },
  };
}
