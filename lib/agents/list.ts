import { OWNER_STATUS } from "../activity/stands";
import type { PersonCtx } from "../ctx";
import { preparedRead } from "../db";
import { notFound } from "../errors";
import type { PersonStatus } from "../people/person";
import { requireRole } from "../people/rules";
import { type Answering, maySee, owns } from "./rules";

export interface AgentSummary {
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  readonly ownerId: string;
  readonly ownerName: string;
  readonly ownerStatus: PersonStatus;
  /** May do all that the owner may; the agent stands while either is in good standing. */
  readonly secondOwnerId: string | null;
  readonly secondOwnerName: string | null;
  readonly secondOwnerStatus: PersonStatus | null;
  /** Answers for why the agent exists, and may only look. Null for those who may only lend to it. */
  readonly sponsorId: string | null;
  readonly sponsorName: string | null;
  /** Nobody in good standing owns it: it is stopped until somebody does. */
  readonly orphaned: boolean;
  readonly status: "active" | "paused";
  /** Whether its tokens must be bound to a key of its own. */
  readonly dpop: "optional" | "required";
  readonly createdAt: Date;
  /** When it last used access, from the activity. Null for those who may only lend to it. */
  readonly lastUsedAt: Date | null;
  /** All of its grants that have not ended; for those who may only lend to it, their own. */
  readonly liveGrants: number;
  /** Of its latest secret. Null when it has none, and for those who may only lend to it. */
  readonly secretLastFour: string | null;
}

/** `mine`: owned, or sponsored. `lendable`: every active agent of an active owner, told by name, purpose and owners. */
export type AgentScope = "mine" | "all" | "lendable";

/** What somebody is to an agent, beside what their role lets them. */
export function partIn(personId: string, agent: Answering): "owner" | "sponsor" | null {
  if (owns(personId, agent)) return "owner";
  return personId === agent.sponsorId ? "sponsor" : null;
}

/** The last use is found from the end of the ledger's index, one step per agent. */
const LIST = `
  SELECT a.id, a.name, a.purpose, a.owner_id AS "ownerId", o.name AS "ownerName", o.status AS "ownerStatus", a.status, a.dpop,
    a.second_owner_id AS "secondOwnerId", second.name AS "secondOwnerName", second.status AS "secondOwnerStatus",
    a.sponsor_id AS "sponsorId", sponsor.name AS "sponsorName", ${OWNER_STATUS} <> 'active' AS orphaned,
    a.created_at AS "createdAt", used.at AS "lastUsedAt", lent.live::int AS "liveGrants", lent.mine::int AS "lentByMe", lent.ever AS "everLent", secret.last_four AS "secretLastFour"
  FROM agents a JOIN people o ON o.id = a.owner_id
  LEFT JOIN people second ON second.id = a.second_owner_id LEFT JOIN people sponsor ON sponsor.id = a.sponsor_id
  LEFT JOIN LATERAL (
    SELECT at FROM activity WHERE agent_id = a.id AND kind = 'use' AND decision = 'allowed' ORDER BY at DESC, id DESC LIMIT 1) used ON true
  LEFT JOIN LATERAL (
    SELECT last_four FROM agent_credentials WHERE agent_id = a.id AND kind = 'secret' AND revoked_at IS NULL
      AND (expires_at IS NULL OR expires_at > $1) ORDER BY id DESC LIMIT 1) secret ON true
  CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE revoked_at IS NULL AND expires_at > $1) AS live,
      count(*) FILTER (WHERE revoked_at IS NULL AND expires_at > $1 AND person_id = $2) AS mine,
      coalesce(bool_or(person_id = $2), false) AS ever
    FROM grants WHERE agent_id = a.id) lent`;

type Selection = AgentScope | "one" | "some";
const SELECTIONS: Record<Selection, string> = {
  mine: "WHERE $2 IN (a.owner_id, a.second_owner_id, a.sponsor_id)",
  all: "",
  lendable: `WHERE a.status = 'active' AND ${OWNER_STATUS} = 'active'`,
  one: "WHERE a.id = $3",
  some: "WHERE a.id = ANY($3)",
};

type Listed = AgentSummary & { readonly lentByMe: number; readonly everLent: boolean };

/** Agents by name. `all` is for admins and auditors. */
export async function listAgents(ctx: PersonCtx, input: { readonly scope: AgentScope }): Promise<AgentSummary[]> {
  if (input.scope === "all") requireRole(ctx.actor, "admin", "auditor");
  const agents = await read(ctx, input.scope);
  return agents.map((agent) => (input.scope === "lendable" ? outside(agent) : whole(agent)));
}

/** One agent, whole for its owners, its sponsor, admins and auditors; for somebody who lent to it, as in `lendable`. Refuses `not_found` otherwise. */
export async function getAgent(ctx: PersonCtx, input: { readonly agentId: string }): Promise<AgentSummary> {
  const [agent] = await read(ctx, "one", input.agentId);
  if (agent && maySee(ctx.actor, agent)) return whole(agent);
  if (agent?.everLent) return outside(agent);
  throw notFound("agent");
}

/** Agents that a scope was asked for before, in their order. For `findAgents`. */
export async function summarizeAgents(
  ctx: PersonCtx,
  { scope, agentIds }: { readonly scope: AgentScope; readonly agentIds: readonly string[] },
): Promise<AgentSummary[]> {
  const agents = new Map(
    (await read(ctx, "some", agentIds)).map((agent) => [agent.id, scope === "lendable" ? outside(agent) : whole(agent)]),
  );
  return agentIds.flatMap((id) => agents.get(id) ?? []);
}

function read(ctx: PersonCtx, selection: Selection, ...more: unknown[]): Promise<Listed[]> {
  const text = `${LIST} ${SELECTIONS[selection]} ORDER BY lower(a.name), a.id`;
  return preparedRead<Listed>(ctx.db, `agents_${selection}`, text, [ctx.clock.now(), ctx.actor.personId, ...more]);
}

function whole({ lentByMe: _mine, everLent: _ever, ...agent }: Listed): AgentSummary {
  return agent;
}

function outside(agent: Listed): AgentSummary {
  return { ...whole(agent), lastUsedAt: null, liveGrants: agent.lentByMe, secretLastFour: null, sponsorId: null, sponsorName: null };
}
