import { AGENT_IN_STANDING } from "../activity/stands";
import type { Core } from "../ctx";
import { preparedRead } from "../db";
import { isId } from "../ids";
import type { Hop } from "./rules";

const HOP = `d.id, d.grant_id as "grantId", d.from_agent_id as "fromAgentId", f.name as "fromAgentName", d.to_agent_id as "toAgentId",
  t.name as "toAgentName", t.status as "toAgentStatus", exists (select from agents a where a.id = t.id and ${AGENT_IN_STANDING}) as "toAgentStands", d.depth, d.link_id as "linkId",
  l.revoked_at as "linkRevokedAt", d.delegation_ids as "delegationIds", d.link_ids as "linkIds", d.agent_ids as "agentIds", d.scopes,
  d.bounds, d.calls_max as "callsMax", d.run_id as "runId", d.expires_at as "expiresAt", d.revoked_at as "revokedAt",
  exists (select from ended_tokens e where e.jti = d.parent_jti) as "parentEnded"`;

const JOINS = "join agent_links l on l.id = d.link_id join agents f on f.id = d.from_agent_id join agents t on t.id = d.to_agent_id";

const PATH = `select ${HOP} from delegations last cross join lateral unnest(last.delegation_ids) with ordinality as path (id, place)
  join delegations d on d.id = path.id ${JOINS}
  where last.id = $1 order by path.place`;

const OF_GRANT = `select ${HOP} from delegations d ${JOINS}
  where d.grant_id = $1 and d.expires_at > $2 order by d.created_at desc, d.id desc limit 500`;

/** A hop and all before it, outermost first, read now. Empty when there is no such hop. */
export async function readHops(core: Core, delegationId: string): Promise<Hop[]> {
  return isId("dlg", delegationId) ? preparedRead<Hop & Record<string, unknown>>(core.db, "chain_hops", PATH, [delegationId]) : [];
}

/** Every hop of a grant that has not run out, newest first, whether it was ended before that or not. */
export function readHopsOfGrant(core: Core, grantId: string): Promise<Hop[]> {
  return preparedRead<Hop & Record<string, unknown>>(core.db, "grant_hops", OF_GRANT, [grantId, core.clock.now()]);
}

const STANDING = `select t.status, exists (select from agents a where a.id = t.id and ${AGENT_IN_STANDING}) as stands
  from agents t where t.id = $1`;

/** Why an agent cannot act at all right now; null when it can. */
export async function whyStopped(core: Core, agentId: string): Promise<"agent_paused" | "owner_suspended" | null> {
  const [agent] = await preparedRead<{ status: string; stands: boolean }>(core.db, "agent_standing", STANDING, [agentId]);
  if (agent?.stands) return null;
  return agent?.status === "active" ? "owner_suspended" : "agent_paused";
}
