import type { Core } from "../ctx";
import type { Refusal } from "../errors";
import { readBounds } from "../policy/bounds";
import { accountConnector } from "../setups/client";
import { refuseStanding, type Standing, type StandingReason } from "./rules";
import { smallestGrant, teach } from "./smallestGrant";

/** For these a new grant of the same scopes helps, once its account is connected. */
const LEND_ANEW = new Set<StandingReason>(["grant_revoked", "grant_expired", "grant_suspended", "connection_disconnected"]);

/** Why this grant gives nothing right now, with the way out: a new grant of the same, or the page where its person mends it. */
export function refuseGrant(core: Pick<Core, "settings">, standing: Standing, reason: StandingReason): Refusal {
  const refusal = refuseStanding(reason);
  const smallest = LEND_ANEW.has(reason)
    ? smallestGrant(core, accountConnector(core, standing), {
        ...standing,
        connectionId: standing.accountConnectionId,
        bounds: readBounds(standing.bounds),
      })
    : null;
  return teach(refusal, smallest, { fix: whereToMend(standing, reason) });
}

/** Undefined where the form for a new grant is the way, or nobody's page is. */
function whereToMend({ grantId, connectionId, accountConnectionId, agentId }: Standing, reason: StandingReason): string | undefined {
  switch (reason) {
    case "connection_needs_reconnect":
    case "connection_disconnected":
      // A consent of one grant has its place on the grant's page.
      return connectionId === accountConnectionId ? `/connections/${connectionId}` : `/grants/${grantId}`;
    case "grant_untested":
      return `/grants/${grantId}`;
    case "agent_paused":
      return `/agents/${agentId}`;
    default:
      return undefined;
  }
}
