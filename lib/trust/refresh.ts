import type { Ctx } from "../ctx";
import { notFound } from "../errors";
import { requireRole } from "../people/rules";
import { asIssuer } from "./issuer";
import { lookNow } from "./keys";
import { type IssuerView, listIssuers, viewOf } from "./list";

/**
 * Looks at an issuer's keys now and shows what is there: the keys by name, when they were fetched, and why not if not. Admins only;
 * ten times in ten minutes.
 */
export async function refreshIssuer(ctx: Ctx, input: { readonly issuerId: string }): Promise<IssuerView> {
  requireRole(ctx.actor, "admin");
  const record = await ctx.db.trustedIssuer.findUnique({ where: { id: input.issuerId } });
  if (!record) throw notFound("issuer");
  const issuer = asIssuer(record);
  if (issuer.keysFrom !== "inline") {
    await ctx.limits.take("setup_test", issuer.id);
    await lookNow(ctx, issuer, true);
  }
  const view = (await listIssuers(ctx)).find(({ id }) => id === issuer.id);
  return view ?? viewOf(ctx, issuer, 0);
}
