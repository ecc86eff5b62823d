import { OWNER_STATUS } from "../activity/stands";
import type { Core } from "../ctx";
import { Refusal } from "../errors";
import { isId } from "../ids";
import { type Recall, readNow } from "../recall";
import { refuseGrant } from "./refuseGrant";
import { judgeStanding, type Standing } from "./rules";

const READ = `select g.id as key, g.id as "grantId", g.agent_id as "agentId", a.name as "agentName", a.status as "agentStatus",
  ${OWNER_STATUS} as "agentOwnerStatus", g.person_id as "personId", p.name as "personName", p.status as "personStatus", p.lending_paused_at as "lendingPausedAt",
  g.connection_id as "connectionId", c.status as "connectionStatus", c.account_name as "accountName",
  c.provider_scopes as "providerScopes", c.key_ends_at as "keyEndsAt", c.api_base as "apiBase", c.registration, coalesce(c.parent_id, c.id) as "accountConnectionId", coalesce(s.ceiling, '{}') as ceiling, g.connector, g.scopes, g.delivery, g.narrowed_by as "narrowedBy", g.pattern,
  g.expires_at as "expiresAt", g.revoked_at as "revokedAt", g.revoke_reason as "revokeReason", g.suspended_at as "suspendedAt",
  g.tested_at as "testedAt", g.bounds,
  g.xmin::text as "v:grants", a.xmin::text as "v:agents", p.xmin::text as "v:people", c.xmin::text as "v:connections", s.xmin::text as "v:connector_setups"
  from grants g join agents a on a.id = g.agent_id join people o on o.id = a.owner_id
  join people p on p.id = g.person_id join connections c on c.id = g.connection_id
  left join connector_setups s on s.connector = g.connector where g.id = any($1)`;

/** A grant and all it rests on: read now, if it is not said otherwise. Null when there is no such grant. */
export async function readStanding(core: Core, grantId: string, recall: Recall = readNow(core.db)): Promise<Standing | null> {
  if (!isId("grt", grantId)) return null;
  return recall<Standing>("grant_standing", READ, grantId);
}

/**
 * The refusal for a grant that the ledger did not admit: what has changed since it was read.
 * Refuses `unavailable` when nothing has: then the gate and the reading disagree, and nothing is given.
 */
export async function whyNotAdmitted(core: Core, grantId: string): Promise<Refusal> {
  const standing = await readStanding(core, grantId);
  const reason = standing ? judgeStanding(standing, core.clock.now()) : null;
  return standing && reason
    ? refuseGrant(core, standing, reason)
    : new Refusal("unavailable", "The grant could not be checked. Try again.", { reason: "not_admitted", retryAfterSeconds: 1 });
}
