import { change } from "../activity/change";
import { endLentTokens, type LentTokenReport } from "../connections/lentTokens";
import { accessOf, narrowScopes, withContained } from "../connectors/scopes";
import type { PersonCtx } from "../ctx";
import { Refusal } from "../errors";
import { compileGrant } from "../policy/compile";
import { accountConnector } from "../setups/client";
import { ownGrant } from "./own";

export interface NarrowInput {
  readonly grantId: string;
  /** What it keeps: within what it has now. */
  readonly scopes: readonly string[];
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
  const { narrowedBy, delivery } = compileGrant(
    connector,
    grant.connection.providerScopes,
    scopes,
    grant.delivery === "gateway" ? "gateway" : undefined,
  );
  await change(ctx, "grant.narrow", async (tx, row) => {
    row.target = `Grant to ${grant.agent.name}`;
    row.grantId = grant.id;
    row.agentId = grant.agentId;
    row.connectionId = grant.connectionId;
    row.connector = grant.connector;
    row.scopes = scopes;
    row.detail = { from: grant.scopes, to: scopes };
    await tx.grant.update({ where: { id: grant.id }, data: { scopes, access: accessOf(connector, scopes), narrowedBy, delivery } });
  });
  return { scopes, lentTokens: await endLentTokens(ctx, [grant.id]) };
}
