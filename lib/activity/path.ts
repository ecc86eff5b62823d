import { AGENT_STANDS } from "./stands";

/** All that must live for the last hop of a chain to live, outermost first. The first agent is the grant's own. */
export interface Path {
  readonly delegationIds: readonly string[];
  readonly linkIds: readonly string[];
  readonly agentIds: readonly string[];
}

/** One hop as it is written: see the columns of `delegations`. */
export interface NewHop extends Path {
  readonly id: string;
  readonly grantId: string;
  /** The hop before; null when it is made out of the grant's own token. */
  readonly parentId: string | null;
  /** The token that is spent for it. */
  readonly parentJti: string;
  readonly linkId: string;
  readonly fromAgentId: string;
  readonly toAgentId: string;
  /** Actors in the chain, this one included. */
  readonly depth: number;
  readonly scopes: readonly string[];
  readonly bounds: object | null;
  readonly callsMax: number | null;
  readonly runId: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

const COLUMNS: readonly (readonly [column: string, type: string, value: (hop: NewHop) => unknown])[] = [
  ["id", "text", (hop) => hop.id],
  ["grant_id", "text", (hop) => hop.grantId],
  ["parent_id", "text", (hop) => hop.parentId],
  ["parent_jti", "text", (hop) => hop.parentJti],
  ["link_id", "text", (hop) => hop.linkId],
  ["from_agent_id", "text", (hop) => hop.fromAgentId],
  ["to_agent_id", "text", (hop) => hop.toAgentId],
  ["depth", "int", (hop) => hop.depth],
  ["delegation_ids", "text[]", (hop) => hop.delegationIds],
  ["link_ids", "text[]", (hop) => hop.linkIds],
  ["agent_ids", "text[]", (hop) => hop.agentIds],
  ["scopes", "text[]", (hop) => hop.scopes],
  ["bounds", "jsonb", (hop) => (hop.bounds ? JSON.stringify(hop.bounds) : null)],
  ["calls_max", "int", (hop) => hop.callsMax],
  ["run_id", "text", (hop) => hop.runId],
  ["created_at", "timestamptz", (hop) => hop.createdAt],
  ["expires_at", "timestamptz", (hop) => hop.expiresAt],
];

/** The beginning of the statement that writes a hop, for a `from` to follow; `first` is the number of its first parameter. */
export function hopInsert(first: number): string {
  const names = COLUMNS.map(([column]) => column).join(", ");
  return `insert into delegations (${names}) select ${COLUMNS.map(([, type], index) => `$${first + index}::${type}`).join(", ")}`;
}

export function hopValues(hop: NewHop): unknown[] {
  return COLUMNS.map(([, , value]) => value(hop));
}

/** The parameters that `pathHolds` asks for. */
export function pathValues({ delegationIds, linkIds, agentIds }: Path): unknown[] {
  return [delegationIds, linkIds, agentIds];
}

/**
 * The part of a gate that holds a whole path: `holds` locks every hop, link, agent and owner on it that is in good standing,
 * `whole` asks that none is missing. Each is locked (`for share`) in the statement that writes the row, so that whoever ends
 * one of them either came first, or waits until the row is committed.
 *
 * @param first the number of the first of its three parameters.
 */
export function pathHolds({ first, grantId, at }: { readonly first: number; readonly grantId: string; readonly at: string }) {
  const [hops, links, agents] = [first, first + 1, first + 2].map((number) => `$${number}::text[]`) as [string, string, string];
  return {
    holds: `held_hops as materialized (select d.id from delegations d
      where d.id = any(${hops}) and d.grant_id = ${grantId} and d.revoked_at is null and d.expires_at > ${at} for share),
    held_links as materialized (select l.id from agent_links l
      where l.id = any(${links}) and l.grant_id = ${grantId} and l.revoked_at is null for share),
    held_agents as materialized (select a.id from agents a ${AGENT_STANDS.join}
      where a.id = any(${agents}) and ${AGENT_STANDS.where} for share of ${AGENT_STANDS.locks})`,
    whole: `g.agent_id = (${agents})[1]
      and (select count(*) from held_hops) = ${distinct(hops)} and (select count(*) from held_links) = ${distinct(links)}
      and (select count(distinct id) from held_agents) = ${distinct(agents)}
      and not exists (select from ended_tokens e join delegations d on d.parent_jti = e.jti where d.id = any(${hops}))`,
  };
}

/** Work may go back and forth between two agents: each counts once. */
function distinct(array: string): string {
  return `(select count(distinct id) from unnest(${array}) as named (id))`;
}
