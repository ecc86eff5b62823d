import { AGENT_IN_STANDING } from "../activity/stands";

/**
 * Grants that an agent could use at the moment `$1`, as SQL over `grants g`, `agents a`, `people p` and `connections c`: what the gate asks, for a
 * reading, which decides nothing and holds nothing.
 */
export const LIVE_GRANTS = `from grants g
  join agents a on a.id = g.agent_id join people p on p.id = g.person_id join connections c on c.id = g.connection_id
  where g.revoked_at is null and g.suspended_at is null and g.expires_at > $1 and (c.key_ends_at is null or c.key_ends_at > $1)
    and p.status = 'active' and c.status = 'active' and (g.pattern = 'own' or p.lending_paused_at is null) and ${AGENT_IN_STANDING}`;
