import { change } from "../activity/change";
import { endSeparateConsent } from "../connections/disconnect";
import { endLentTokens, type LentTokenReport } from "../connections/lentTokens";
import type { PersonCtx } from "../ctx";
import { notFound } from "../errors";

export interface Revoked {
  readonly lentTokens: readonly LentTokenReport[];
  /** Where the grant had a consent of its own: what the SaaS did about it, in a sentence. */
  readonly separateConsent: string | null;
}

/**
 * Ends a grant. The commit is the moment: no exchange and no call that starts after it is granted, in any process. Then
 * what was lent of it is ended at the SaaS as far as the SaaS allows, and reported as it is; so is a consent that the grant had
 * to itself. The person who lent it, or an
 * admin; an agent's owner pauses the agent instead. Revoking twice is fine.
 */
export async function revokeGrant(ctx: PersonCtx, input: { grantId: string }): Promise<Revoked> {
  const include = { agent: true, connection: { select: { parentId: true } } } as const;
  const grant = await ctx.db.grant.findUnique({ where: { id: input.grantId }, include });
  const { personId, role } = ctx.actor;
  if (!grant || (grant.personId !== personId && role !== "admin")) throw notFound("grant");
  await change(ctx, "grant.revoke", async (tx, row) => {
    row.target = `Grant to ${grant.agent.name}`;
    row.ownerId = grant.personId;
    row.grantId = grant.id;
    row.agentId = grant.agentId;
    row.connectionId = grant.connectionId;
    row.connector = grant.connector;
    const revoked = {
      revokedAt: ctx.clock.now(),
      revokedById: personId,
      revokeReason: personId === grant.personId ? "revoked" : `revoked_by_${role}`,
    };
    await tx.grant.updateMany({ where: { id: grant.id, revokedAt: null }, data: revoked });
  });
  if (!grant.connection.parentId) return { lentTokens: await endLentTokens(ctx, [grant.id]), separateConsent: null };
  const ended = await endSeparateConsent(ctx, grant.connectionId);
  return { lentTokens: ended?.lentTokens ?? [], separateConsent: ended?.note ?? null };
}
