import pg from "pg";
import { rollUpActivity } from "../../lib/activity/rollUp";
import type { Core, PersonCtx } from "../../lib/ctx";

/** `BENCH_ROWS=10000000` is the ledger of a large house: it takes a quarter of an hour, and 20 GB of disk, to make. */
export const LEDGER_ROWS = Number(process.env.BENCH_ROWS ?? 100_000);
/** Three months, whatever their number. */
export const ROW_SECONDS = 7_800_000 / LEDGER_ROWS;
const LARGE = LEDGER_ROWS > 100_000;
/** How many agents, and people beside the busy one; and of how many rows one is the busy person's, where it is not nine in ten. */
export const CROWD = LARGE ? { agents: 1000, quiet: 199, busyOf: 30 } : { agents: 25, quiet: 20, busyOf: null };

/** Who is in the rows. */
export interface Cast {
  /** Nine rows in ten are on this person's authority (in a large ledger one in thirty); the others spread over the rest. */
  readonly busy: string;
  readonly quiet: readonly string[];
  readonly agents: readonly string[];
}

/**
 * A ledger of three months: seven rows in ten by agents, one in nine refused, runs of twenty rows, a handful of connections and grants.
 * Made by one statement; every value follows from the row's number, so that two runs of a bench read the same rows.
 */
export async function fillLedger(core: Core, { busy, quiet, agents }: Cast): Promise<void> {
  const client = new pg.Client({ connectionString: core.settings.databaseUrl ?? "" });
  await client.connect();
  try {
    await client.query("select activity_reach($1::timestamptz - interval '91 days')", [core.clock.now()]);
    const { rows } = await client.query<{ name: string; made: string }>(INDEXES);
    await client.query(`drop index ${rows.map(({ name }) => name).join(", ")}`);
    await client.query(FILL, [LEDGER_ROWS, core.clock.now(), busy, quiet, agents, ROW_SECONDS, CROWD.busyOf]);
    for (const { made } of rows) await client.query(made);
    await client.query("vacuum analyze");
  } finally {
    await client.end();
  }
  await rollUpActivity(core, 0);
}

/** Made after the rows: ten times as fast. */
const INDEXES = `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as made
  from pg_index where indrelid = 'activity'::regclass and not indisprimary`;

const FILL = `
insert into activity (id, at, kind, event, acting, person_id, agent_id, owner_id, grant_id, connection_id, connector, target, decision,
  reason, reason_text, scopes, delivery, narrowed_by, pattern, chain, run_id_claimed, run_id_verified, trace_id, duration_ms, upstream_status)
select 'use_' || lpad(to_hex(n), 26, '0'),
  $2::timestamptz - make_interval(secs => ($1::int - n) * $6::float8),
  case when n % 13 = 0 then 'change' else 'use' end,
  case when n % 13 = 0 then 'grant.mint' when n % 20 = 1 then 'token.exchange' else 'gateway.call' end,
  case when n % 10 < 7 then 'agent' when n % 97 = 0 then 'system' else 'person' end,
  who, case when n % 10 < 7 then ($5::text[])[1 + n / 20 % cardinality($5::text[])] end, who,
  case when n % 13 = 0 then null else 'grt_' || lpad((n / 20 % 40)::text, 26, '0') end,
  case when n % 13 = 0 then null else 'con_' || lpad((n / 20 % 8)::text, 26, '0') end,
  (array['demo', 'github', 'slack', 'google'])[1 + n / 20 % 4],
  (array['GET', 'GET', 'GET', 'POST'])[1 + n % 4] || ' /repos/acme/site-' || n % 500 || '/issues/' || n,
  case when n % 9 = 0 then 'refused' else 'allowed' end, case when n % 9 = 0 then 'scope_beyond_grant' else 'within_grant' end,
  case when n % 9 = 0 then 'The grant does not reach that far.' end,
  array['issues:read'], 'gateway', 'gateway', (array['delegated', 'delegated', 'own', 'shared_key'])[1 + n / 20 % 4],
  jsonb_build_array(jsonb_build_object('kind', 'person', 'id', who, 'name', 'Somebody')),
  case when n % 3 = 0 then 'run-' || n / 20 end, case when n % 3 > 0 then 'run-' || n / 20 end, md5(n::text), n % 400, 200
from (select n, case when case when $7::int is null then n % 10 > 0 else n % $7 = 0 end then $3::text else ($4::text[])[1 + n / 10 % cardinality($4::text[])] end as who
  from generate_series(1, $1::int) n) numbered`;

/** Somebody as the verbs want them. */
export function readerOf(core: Core, personId: string, role: PersonCtx["actor"]["role"]): PersonCtx {
  return { ...core, actor: { kind: "person", personId, name: "Reader", email: "reader@bench.test", role, via: "browser" } };
}
