import type { PersonCtx } from "../ctx";
import { notFound } from "../errors";

const WITH = { agent: { select: { name: true } }, connection: { omit: { sealedRefresh: true, sealedAccess: true } } } as const;

/** A grant this person has lent; with `alsoAuditors`, any grant for admins and auditors. Refuses `not_found` otherwise. */
export async function ownGrant(ctx: PersonCtx, grantId: string, { alsoAuditors = false } = {}) {
  const everybodys = alsoAuditors && ctx.actor.role !== "member";
  const where = { id: grantId, ...(everybodys ? {} : { personId: ctx.actor.personId }) };
  const grant = await ctx.db.grant.findFirst({ where, include: WITH });
  if (!grant) throw notFound("grant");
  return grant;
}
