import type { Core, PersonCtx } from "../../lib/ctx";
import { writingSide } from "../../lib/db";

/** How much of everything there is. */
export const AMOUNTS = { people: 200, agents: 1000, connections: 400, grants: 5000, rows: 100_000, runs: 2000 } as const;

/** An id of its own for a number: right in form, and in the order of the numbers. */
const ID = (prefix: string, number: string) =>
  `'${prefix}_' || lpad(${number}::text, 12, '0') || substr(md5('${prefix}' || ${number}), 1, 14)`;
/** A fifth belongs to whoever looks, so that their own lists are long too. */
const WHOSE = (number: string, people: number) =>
  `case when ${number} % 5 = 0 then $1 else ${ID("per", `(1 + ${number} % ${people})`)} end`;

/**
 * A house that has been lived in for a month, written by SQL alone: nobody waits for a hundred thousand verbs. `reader` has a fifth of all.
 */
export async function seedLists(core: Core, reader: PersonCtx): Promise<void> {
  const { pool } = writingSide(core.db);
  const me = reader.actor.personId;
  const { people, agents, connections, grants, rows, runs } = AMOUNTS;
  const of = (count: number) => `generate_series(1, ${count}) n`;
  await pool.query(
    `insert into people (id, email, name, role, created_at) select ${ID("per", "n")}, 'person' || n || '@bench.test', 'Person ' || n, 'member', now() from ${of(people)}`,
  );
  await pool.query(
    `insert into agents (id, name, purpose, owner_id, created_at)
     select ${ID("agt", "n")}, 'Agent ' || n, 'Does what agent ' || n || ' does', ${WHOSE("n", people)}, now() - interval '30 days' from ${of(agents)}`,
    [me],
  );
  await pool.query(
    `insert into connections (id, person_id, connector, account_id, account_name, provider_scopes, connected_at, refreshed_at)
     select ${ID("con", "n")}, ${WHOSE("n", people)}, 'demo', 'account ' || n, 'account' || n, '{profile:read,issues:read,issues:write,files:read}',
       now() - interval '30 days', now() - (n || ' minutes')::interval from ${of(connections)}`,
    [me],
  );
  await pool.query(
    `insert into grants (id, person_id, agent_id, connection_id, connector, scopes, access, delivery, narrowed_by, consent, created_at, expires_at, revoked_at)
     select ${ID("grt", "n")}, c.person_id, ${ID("agt", `(1 + n % ${agents})`)}, c.id, 'demo', '{issues:read,files:read}', 'read', 'gateway', 'gateway', '{}',
       now() - (n % 720 || ' hours')::interval, now() + ((n % 300) - 100 || ' hours')::interval, case when n % 11 = 0 then now() end
     from ${of(grants)} join connections c on c.id = ${ID("con", `(1 + n % ${connections})`)}`,
  );
  await pool.query(
    `insert into activity (id, at, kind, event, acting, person_id, agent_id, owner_id, grant_id, connection_id, connector, target, decision, reason, scopes,
       delivery, narrowed_by, pattern, chain, run_id_claimed, upstream_status, duration_ms)
     select ${ID("use", "n")}, now() - ((${rows} - n) * 26 || ' seconds')::interval, 'use', case when n % 6 = 0 then 'token.exchange' else 'gateway.call' end, 'agent',
       g.person_id, g.agent_id, g.person_id, g.id, g.connection_id, 'demo', 'GET /api/issues/' || n, case when n % 12 = 0 then 'refused' else 'allowed' end,
       case when n % 12 = 0 then 'not_allowed' else 'within_grant' end, g.scopes, 'gateway', 'gateway', 'delegated',
       jsonb_build_array(jsonb_build_object('kind', 'person', 'id', g.person_id, 'name', 'Somebody'), jsonb_build_object('kind', 'agent', 'id', g.agent_id, 'name', 'Some agent')),
       case when n % 2 = 0 then 'run-' || (n * ${runs} / ${rows}) end, 200, n % 400
     from ${of(rows)} join grants g on g.id = ${ID("grt", `(1 + (n * 37) % ${grants})`)}`,
  );
  await pool.query("analyze");
}
