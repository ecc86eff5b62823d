import { AGENT_IN_STANDING, grantStands, LENDING_GOES_ON } from "../activity/stands";

/**
 * Grants that an agent could use at the moment `$1`, as SQL over `grants g`, `agents a`, `people p` and `connections c`: what the gate asks, for a
 * reading, which decides nothing and holds nothing.
 */
export const LIVE_GRANTS = `from grants g
  join agents a on a.id = g.agent_id join people p on p.id = g.person_id join connections c on c.id = g.connection_id
  where ${grantStands("$1")} and ${LENDING_GOES_ON} and ${AGENT_IN_STANDING}`;
