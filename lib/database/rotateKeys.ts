import type pg from "pg";
import { change } from "../activity/change";
import type { Ctx } from "../ctx";
import { Refusal } from "../errors";
import { newestKey, sealedBy } from "../vault/sealedBy";
import { ROOMS, type Vault } from "../vault/vault";
import { withClient } from "./databases";

/** Every column that holds sealed values, with what its rows are known by. A test holds this list against the database. */
export const SEALED = [
  { table: "connector_setups", key: "connector", column: "sealed_secret" },
  { table: "connector_setups", key: "connector", column: "sealed_read_secret" },
  { table: "connector_setups", key: "connector", column: "sealed_app_key" },
  { table: "connections", key: "id", column: "sealed_refresh" },
  { table: "connections", key: "id", column: "sealed_access" },
  { table: "lent_tokens", key: "id", column: "sealed_access" },
  { table: "connect_attempts", key: "id", column: "sealed_verifier" },
  { table: "signing_keys", key: "kid", column: "sealed_private" },
  { table: "instance", key: "id", column: "sealed_canary" },
] as const;
type Sealed = (typeof SEALED)[number];

const BATCH = 200;
/** What is sealed with an older key while this runs is met by the next pass. */
const PASSES_MAX = 3;
const LOCK = "select pg_try_advisory_lock(hashtextextended('valet.keys.rotate', 7)) as taken";

export interface Rotated {
  /** The key that everything is sealed with now. */
  readonly key: string;
  readonly resealed: number;
  /** Values that no key of the ring opens, as table.column of row. */
  readonly unread: readonly string[];
  /** Older keys that still seal something: they have to stay in the ring. */
  readonly keysInUse: readonly string[];
}

/**
 * Seals every sealed value anew under the newest key of the ring, beside a Valet that runs: a value that was changed meanwhile is left as it
 * is. It may end at any moment, and goes on where it was when it is run again, since what it has done shows in each value.
 *
 * Refuses `conflict` when another one runs, or when no Valet was started with this ring yet (`key_not_started`): it could not open what is
 * sealed here.
 *
 * @param onProgress is called after each batch.
 */
export function rotateKeys(ctx: Ctx, url: string, onProgress: (done: number, all: number) => void = () => undefined): Promise<Rotated> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ taken: boolean }>(LOCK);
    if (!rows[0]?.taken)
      throw new Refusal("conflict", "Another rotation is under way. Wait for its end.", { reason: "rotation_under_way" });
    // One that is lost with the power is done again: nothing but the same value is in it.
    await client.query("set synchronous_commit = off");
    return rotate(ctx, client, onProgress);
  });
}

async function rotate(ctx: Ctx, client: pg.Client, onProgress: (done: number, all: number) => void): Promise<Rotated> {
  const key = newestKey(ctx.vault);
  await requireStarted(client, key);
  const all = await countOlder(client, key);
  const unread = new Set<string>();
  let resealed = 0;
  for (let pass = 0; pass < PASSES_MAX && (await countOlder(client, key)) > unread.size; pass += 1) {
    for (const sealed of SEALED) {
      for await (const done of resealColumn(client, ctx.vault, key, sealed, unread)) {
        resealed += done;
        onProgress(resealed, Math.max(all, resealed));
      }
    }
  }
  const keysInUse = (await keysOf(client)).filter((id) => id !== key);
  if (resealed > 0) await keep(ctx, { key, resealed, unread: [...unread], keysInUse });
  return { key, resealed, unread: [...unread], keysInUse };
}

async function keep(ctx: Ctx, { key, resealed, unread, keysInUse }: Rotated): Promise<void> {
  await change(ctx, "keys.rotate", async (_, row) => {
    row.target = `Key ${key}`;
    row.detail = { resealed, unread: unread.length, keys_in_use: [...keysInUse] };
  });
}

/** A start seals this word with the newest key of its ring. */
async function requireStarted(client: pg.Client, key: string): Promise<void> {
  const { rows } = await client.query<{ sealed_canary: string }>("select sealed_canary from instance where id = 1");
  if (rows[0] && sealedBy(rows[0].sealed_canary) === key) return;
  const words = `No Valet was started with the key "${key}" yet. Start every process of Valet with this ring, the new key first, and run this again.`;
  throw new Refusal("conflict", words, { reason: "key_not_started" });
}

async function* resealColumn(client: pg.Client, vault: Vault, key: string, sealed: Sealed, unread: Set<string>): AsyncGenerator<number> {
  const { table, key: id, column } = sealed;
  const older = `select ${id}::text as id, ${column} as value from ${table}
    where ${column} is not null and ${column} not like $1 and ${id}::text > $2 order by ${id}::text limit ${BATCH}`;
  // A statement of its own each: no refresh ever waits for more than one, and none for another in a circle.
  const replace = `update ${table} set ${column} = $3 where ${id}::text = $1 and ${column} = $2`;
  for (let after = ""; ; ) {
    const { rows } = await client.query<{ id: string; value: string }>(older, [`v1.${key}.%`, after]);
    const last = rows.at(-1);
    if (!last) return;
    let done = 0;
    for (const row of rows) {
      const anew = resealed(vault, { table, row: row.id, column }, row.value);
      if (anew === null) unread.add(`${table}.${column} of ${row.id}`);
      else done += (await client.query(replace, [row.id, row.value, anew])).rowCount ?? 0;
    }
    yield done;
    after = last.id;
  }
}

/** Null when no key of the ring opens it. */
function resealed(
  vault: Vault,
  place: { readonly table: string; readonly row: string; readonly column: string },
  value: string,
): string | null {
  for (const room of ROOMS) {
    try {
      return vault.seal(room, place, vault.open(room, place, value));
    } catch {} // Another room's, or nobody's.
  }
  return null;
}

async function countOlder(client: pg.Client, key: string): Promise<number> {
  const counts = SEALED.map(({ table, column }) => `(select count(*) from ${table} where ${column} is not null and ${column} not like $1)`);
  const { rows } = await client.query<{ all: number }>(`select (${counts.join(" + ")})::int as all`, [`v1.${key}.%`]);
  return rows[0]?.all ?? 0;
}

async function keysOf(client: pg.Client): Promise<string[]> {
  const each = SEALED.map(({ table, column }) => `select split_part(${column}, '.', 2) as id from ${table} where ${column} is not null`);
  const { rows } = await client.query<{ id: string }>(`select distinct id from (${each.join(" union all ")}) every order by id`);
  return rows.map(({ id }) => id);
}
