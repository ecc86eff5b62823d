import type { PersonCtx } from "../ctx";

/** The grant that a consent of one grant alone serves, or served: whoever follows a row to that consent is shown the grant. Null for anything else. */
export async function grantOfConsent(ctx: PersonCtx, input: { connectionId: string }): Promise<string | null> {
  const whose = ctx.actor.role === "member" ? { personId: ctx.actor.personId } : {};
  const where = { ...whose, connectionId: input.connectionId, connection: { parentId: { not: null } } };
  const grant = await ctx.db.grant.findFirst({ where, select: { id: true }, orderBy: { createdAt: "desc" } });
  return grant?.id ?? null;
}
