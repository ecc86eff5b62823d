import { change } from "../activity/change";
import { endLentTokens, type LentTokenReport } from "../connections/lentTokens";
import type { Connector } from "../connectors/connector";
import { reachOf } from "../connectors/pastedKey";
import { accessOf, narrowScopes, withContained } from "../connectors/scopes";
import type { PersonCtx } from "../ctx";
import { Refusal } from "../errors";
import { type Bounds, boundsWithin, checkBounds, readBounds } from "../policy/bounds";
import { compileGrant } from "../policy/compile";
import { accountConnector } from "../setups/client";
import { ownGrant } from "./own";

export interface NarrowInput {
  readonly grantId: string;
  /** What it keeps: within what it has now. */
  readonly scopes: readonly string[];
  /** What it is kept to from now on, whole: within what it is kept to now. Left out: as it is. */
  readonly bounds?: Bounds | undefined;
}

/**
 * Takes away what a grant does not need, from the next use on. It can only shrink: what is asked beyond it is refused. The
 * person who lent it. Wider tokens that were already lent are ended at the SaaS, or reported as still alive.
 */
export async function narrowGrant(ctx: PersonCtx, input: NarrowInput): Promise<{ scopes: string[]; lentTokens: LentTokenReport[] }> {
  const grant = await ownGrant(ctx, input.grantId);
  if (grant.revokedAt || grant.expiresAt <= ctx.clock.now())
    throw new Refusal("conflict", "This grant has ended. Lend a new one instead.", { reason: "grant_ended" });
  const connector = accountConnector(ctx, grant.connection);
  const scopes = narrowScopes(connector, withContained(connector, grant.scopes), input.scopes, "grant");
  const bounds = tighterBounds(connector, scopes, readBounds(grant.bounds), input.bounds);
  const { narrowedBy, delivery } = compileGrant(
    connector,
    reachOf(connector, grant.connection),
    scopes,
    grant.delivery === "gateway" ? "gateway" : undefined,
    bounds,
  );
  await change(ctx, "grant.narrow", async (tx, row) => {
    row.target = `Grant to ${grant.agent.name}`;
    row.grantId = grant.id;
    row.agentId = grant.agentId;
    row.connectionId = grant.connectionId;
    row.connector = grant.connector;
    row.scopes = scopes;
    row.detail = { from: grant.scopes, to: scopes, ...(input.bounds ? { boundsFrom: grant.bounds, boundsTo: bounds } : {}) };
    const access = accessOf(connector, scopes);
    await tx.grant.update({ where: { id: grant.id }, data: { scopes, access, narrowedBy, delivery, ...(bounds ? { bounds } : {}) } });
  });
  return { scopes, lentTokens: await endLentTokens(ctx, [grant.id]) };
}

/** Scopes that lose what a bound was about keep the bound all the same: it holds the rest to nothing it did not hold before. */
function tighterBounds(connector: Connector, scopes: readonly string[], held: Bounds | null, asked: Bounds | undefined): Bounds | null {
  if (!asked) return held;
  const bounds = checkBounds(connector, scopes, asked);
  if (boundsWithin(connector, bounds, held)) return bounds;
  throw new Refusal("invalid_request", "A grant can only be narrowed: keep it to the same or less.", {
    reason: "bounds_beyond_grant",
    next: "Send all of its bounds, each the same or tighter.",
    fields: { bounds: "Each bound has to be the same or tighter than it is." },
  });
}
