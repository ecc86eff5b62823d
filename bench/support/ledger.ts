import pg from "pg";
import { rollUpActivity } from "../../lib/activity/rollUp";
import type { Core, PersonCtx } from "../../lib/ctx";
import { openDatabase, type ReadDb } from "../../lib/db";

/** `BENCH_ROWS=10000000` is the ledger of a large house: it takes a quarter of an hour, and 20 GB of disk, to make. */
export const LEDGER_ROWS = Number(process.env.BENCH_ROWS ?? 100_000);
/** Three months, whatever the number of rows. */
const SPAN_SECONDS = 7_800_000;
const LARGE = LEDGER_ROWS > 100_000;
/** How many there are of each; and of how many rows one is the busy person's, where it is not nine in ten. */
export const CROWD = LARGE
  ? { agents: 1000, quiet: 199, grants: 4000, connections: 800, busyOf: 30 }
  : { agents: 25, quiet: 20, grants: 40, connections: 8, busyOf: null };

/** Who is in the rows. */
export interface Cast {
  /** Nine rows in ten are on this person's authority (in a large ledger one in thirty); the others spread over the rest. */
  readonly busy: string;
  readonly quiet: readonly string[];
  readonly agents: readonly string[];
}

/** Rows of one statement. */
const AT_ONCE = 500_000;
/** Rows that are counted into cells at once, and how long that may take: a Valet counts fewer, which has other things to do. */
const COUNTED_AT_ONCE = 500_000;
const STATEMENT_MS = 1_800_000;

/**
 * A ledger of three months: seven rows in ten by agents, one in nine refused, runs of twenty rows, each agent for a few people. Every value follows from the row's
 * number, so that two runs of a bench read the same rows. Counted, and known to PostgreSQL's planner. What an interrupted run has written is not written again.
 */
export async function fillLedger(core: Core, cast: Cast, rows: number): Promise<void> {
  const url = core.settings.databaseUrl ?? "";
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const patient = openDatabase(url, { poolMax: 2, statementMs: STATEMENT_MS });
  const told = teller(rows);
  try {
    await flush(client, "off");
    const { rowCount } = await client.query("select from activity where kind = 'use' limit 1");
    if (rowCount === 0) await writeRows(client, core.clock.now(), cast, rows, told);
    await countAll(client, patient.db);
    told("counted");
    await client.query("vacuum analyze");
    await flush(client, "on");
    await client.query("checkpoint");
    told("analyzed");
  } finally {
    await patient.close();
    await client.end();
  }
}

/** Whether PostgreSQL waits for the disk. What is only being made can be made again. */
async function flush(client: pg.Client, whether: "on" | "off"): Promise<void> {
  for (const setting of ["fsync", "full_page_writes"]) await client.query(`alter system set ${setting} = ${whether}`);
  await client.query("select pg_reload_conf()");
}

/** All in one transaction, without its indexes, which are made afterwards: ten times as fast. */
async function writeRows(client: pg.Client, now: Date, cast: Cast, rows: number, told: (what: string) => void): Promise<void> {
  await client.query("begin");
  await client.query("set local maintenance_work_mem = '512MB'");
  await client.query("select activity_reach($1::timestamptz - interval '91 days')", [now]);
  const made = await dropIndexes(client, "activity");
  const { grants, connections, busyOf } = CROWD;
  const values = [rows, now, cast.busy, cast.quiet, cast.agents, SPAN_SECONDS / rows, busyOf, grants, connections];
  for (let first = 1; first <= rows; first += AT_ONCE) await client.query(FILL, [...values, first, Math.min(first + AT_ONCE - 1, rows)]);
  told("written");
  for (const one of made) await client.query(one);
  await client.query("commit");
  told("indexed");
}

async function countAll(client: pg.Client, db: ReadDb): Promise<void> {
  const made = await dropIndexes(client, "activity_counts");
  await rollUpActivity({ db }, 0, COUNTED_AT_ONCE);
  for (const one of made) await client.query(one);
}

/** All but the key's. PostgreSQL tells of each that it is the whole table's alone, which would leave the partitions without. */
async function dropIndexes(client: pg.Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string; made: string }>(INDEXES, [table]);
  if (rows.length > 0) await client.query(`drop index ${rows.map(({ name }) => name).join(", ")}`);
  return rows.map(({ made }) => made.replace(" ON ONLY ", " ON "));
}

/** Where it takes minutes, whoever waits is told. */
function teller(rows: number): (what: string) => void {
  let since = performance.now();
  return (what) => {
    if (LARGE) console.error(`${rows.toLocaleString("en")} rows ${what} in ${((performance.now() - since) / 1000).toFixed(0)} s`);
    since = performance.now();
  };
}

const INDEXES = `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as made
  from pg_index where indrelid = $1::regclass and not indisprimary`;

const FILL = `
insert into activity (id, at, kind, event, acting, person_id, agent_id, owner_id, grant_id, connection_id, connector, target, decision,
  reason, reason_text, scopes, delivery, narrowed_by, pattern, chain, run_id_claimed, run_id_verified, trace_id, duration_ms, upstream_status)
select 'use_' || lpad(to_hex(n), 26, '0'),
  $2::timestamptz - make_interval(secs => ($1::int - n) * $6::float8),
  case when n % 13 = 0 then 'change' else 'use' end,
  case when n % 13 = 0 then 'grant.mint' when n % 20 = 1 then 'token.exchange' else 'gateway.call' end,
  case when n % 10 < 7 then 'agent' when n % 97 = 0 then 'system' else 'person' end,
  who, case when n % 10 < 7 then ($5::text[])[1 + n / 20 % cardinality($5::text[])] end, who,
  case when n % 13 = 0 then null else 'grt_' || lpad((n / 20 % $8::int)::text, 26, '0') end,
  case when n % 13 = 0 then null else 'con_' || lpad((n / 20 % $9::int)::text, 26, '0') end,
  (array['demo', 'github', 'slack', 'google'])[1 + n / 20 % 4],
  (array['GET', 'GET', 'GET', 'POST'])[1 + n % 4] || ' /repos/acme/site-' || n % 500 || '/issues/' || n,
  case when n % 9 = 0 then 'refused' else 'allowed' end, case when n % 9 = 0 then 'scope_beyond_grant' else 'within_grant' end,
  case when n % 9 = 0 then 'The grant does not reach that far.' end,
  array['issues:read'], 'gateway', 'gateway', (array['delegated', 'delegated', 'own', 'shared_key'])[1 + n / 20 % 4],
  jsonb_build_array(jsonb_build_object('kind', 'person', 'id', who, 'name', 'Somebody')),
  case when n % 3 = 0 then 'run-' || n / 20 end, case when n % 3 > 0 then 'run-' || n / 20 end, md5(n::text), n % 400, 200
from (select n, case when case when $7::int is null then n % 10 > 0 else n % $7 = 0 end then $3::text else ($4::text[])[1 + (n / 20 % cardinality($5::text[]) + n / 20 / cardinality($5::text[]) % 3) % cardinality($4::text[])] end as who
  from generate_series($10::int, $11::int) n) numbered`;

/** Somebody as the verbs want them. */
export function readerOf(core: Core, personId: string, role: PersonCtx["actor"]["role"]): PersonCtx {
  return { ...core, actor: { kind: "person", personId, name: "Reader", email: "reader@bench.test", role, via: "browser" } };
}
