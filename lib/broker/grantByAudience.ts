import type { Use } from "../activity/use";
import { connectors } from "../connectors/registry";
import type { Core } from "../ctx";
import { Refusal } from "../errors";
import { apiBase } from "../grants/apiBase";
import { localConnector } from "../setups/client";
import type { Caller } from "./caller";
import { resolveGrant, type Tried } from "./resolve";

const GRANT_URN = "urn:valet:grant:";

/** A grant as an audience names it. */
export function grantAudience(grantId: string | null): string | null {
  return grantId && `${GRANT_URN}${grantId}`;
}

/** A grant that was named, or chosen: then with what was tried. */
export interface Named {
  readonly grantId: string;
  readonly tried?: readonly Tried[];
}

/**
 * The grant that a workload means which has no room to name it as its subject: `urn:valet:grant:<id>`, or the connector (by id or
 * gateway address), for which one is chosen as for any agent (`resolveGrant`).
 *
 * Refuses `invalid_request` without one name, `invalid_grant` for a place that nobody knows, and as `resolveGrant`.
 */
export async function grantByAudience(core: Core, use: Use, caller: Caller, places: readonly string[]): Promise<Named> {
  const [place, ...others] = places;
  if (!place || others.length > 0) {
    throw new Refusal("invalid_request", `Name one grant: audience=${GRANT_URN} and its id, or the connector's id.`, {
      reason: "audience_missing",
    });
  }
  if (place.startsWith(GRANT_URN)) return { grantId: place.slice(GRANT_URN.length) };
  const connector = connectors.find(({ id }) => isAt(core, id, place));
  if (connector) return resolveGrant(core, use, caller, connector.id);
  throw new Refusal("invalid_grant", "There is no live grant for you at that audience.", { reason: "grant_unknown" });
}

function isAt(core: Core, connectorId: string, place: string): boolean {
  return place === connectorId || place.replace(/\/$/, "") === apiBase(core, localConnector(core, connectorId), "gateway");
}
