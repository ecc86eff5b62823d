import type { Core } from "../ctx";
import { Refusal } from "../errors";
import { apiBase } from "../grants/apiBase";
import { localConnector } from "../setups/client";
import type { Caller } from "./caller";

const GRANT_URN = "urn:valet:grant:";

/** A grant as an audience names it. */
export function grantAudience(grantId: string | null): string | null {
  return grantId && `${GRANT_URN}${grantId}`;
}

/**
 * The grant that a workload means which has no room to name it as its subject: `urn:valet:grant:<id>`, or the connector (by id or
 * gateway address) where the agent has exactly one live grant.
 *
 * Refuses `invalid_request` without a name, `invalid_grant` when there is none, `invalid_target` when there are several.
 */
export async function grantByAudience(core: Core, caller: Caller, places: readonly string[]): Promise<string> {
  const [place, ...others] = places;
  if (!place || others.length > 0) {
    throw new Refusal("invalid_request", `Name one grant: audience=${GRANT_URN} and its id, or the connector's id.`, {
      reason: "audience_missing",
    });
  }
  if (place.startsWith(GRANT_URN)) return place.slice(GRANT_URN.length);
  const live = caller.kind === "agent" ? await liveGrants(core, caller.agentId) : [];
  const there = live.filter(({ connector }) => isAt(core, connector, place));
  const [only, ...more] = there;
  if (only && more.length === 0) return only.id;
  if (only) {
    throw new Refusal("invalid_target", `There are several grants for you there. Name one: audience=${GRANT_URN} and its id.`, {
      reason: "grants_several",
      next: "See their ids at /api/v1/agent/access, or ask the person who lent them.",
    });
  }
  throw new Refusal("invalid_grant", "There is no live grant for you at that audience.", { reason: "grant_unknown" });
}

function liveGrants(core: Core, agentId: string) {
  const where = { agentId, revokedAt: null, suspendedAt: null, expiresAt: { gt: core.clock.now() } };
  return core.db.grant.findMany({ where, select: { id: true, connector: true } });
}

function isAt(core: Core, connectorId: string, place: string): boolean {
  return place === connectorId || place.replace(/\/$/, "") === apiBase(core, localConnector(core, connectorId), "gateway");
}
