import { AGENT_IN_STANDING } from "../activity/stands";
import type { Core } from "../ctx";
import { preparedRead } from "../db";
import type { AccessClaims } from "../tokens/signer";

/** All that the hop keeps of its path, counted: what is missing there is as dead as what has ended. */
const ALIVE = `select 1 as alive from delegations d
  where d.id = $1 and d.grant_id = $2 and d.to_agent_id = $3 and d.id = any(d.delegation_ids) and $3 = any(d.agent_ids)
  and not exists (select 1 from ended_tokens e join delegations h on h.parent_jti = e.jti where h.id = any(d.delegation_ids))
  and not exists (select 1 from unnest(d.delegation_ids) needed(id)
    left join delegations hop on hop.id = needed.id and hop.revoked_at is null and hop.expires_at > $4 where hop.id is null)
  and not exists (select 1 from unnest(d.link_ids) needed(id)
    left join agent_links link on link.id = needed.id and link.revoked_at is null where link.id is null)
  and not exists (select 1 from unnest(d.agent_ids) needed(id)
    left join agents a on a.id = needed.id and ${AGENT_IN_STANDING} where a.id is null)`;

/**
 * Whether the hop that a handed-on token is, and every hop, link and agent before it, are alive now. True for a token that was not
 * handed on. The grant below it is asked elsewhere.
 */
export async function chainIsAlive(core: Pick<Core, "db" | "clock">, claims: AccessClaims): Promise<boolean> {
  if (!claims.delegation_id) return true;
  const values = [claims.delegation_id, claims.grant_id ?? null, claims.client_id, core.clock.now()];
  return (await preparedRead(core.db, "chain_alive", ALIVE, values)).length === 1;
}
