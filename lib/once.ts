import type pg from "pg";

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

/** Over the `seen_once` table of our migrations. */
export function createOnce(pool: pg.Pool): Once {
  return {
    async take(kind, key, until) {
      const text = "insert into seen_once (key, expires_at) values ($1, $2) on conflict (key) do nothing";
      const { rowCount } = await pool.query({ name: "take_once", text, values: [`${kind} ${key}`, until] });
      return rowCount === 1;
    },
    async sweep(now) {
      await pool.query("delete from seen_once where expires_at < $1", [now]);
    },
  };
}
