import { change } from "../activity/change";
import { changed } from "../activity/changed";
import type { Ctx } from "../ctx";
import type { Tx } from "../db";
import { notFound, Refusal } from "../errors";
import { requireRole } from "../people/rules";

interface Input {
  readonly issuerId: string;
}

/** Switches an issuer off: from the next proof on, its tokens prove nobody. Admins only. */
export function disableIssuer(ctx: Ctx, input: Input): Promise<void> {
  return setDisabled(ctx, input, "trusted_issuer.disable", ctx.clock.now());
}

/** Lets its tokens prove again. Admins only. */
export function enableIssuer(ctx: Ctx, input: Input): Promise<void> {
  return setDisabled(ctx, input, "trusted_issuer.enable", null);
}

async function setDisabled(
  ctx: Ctx,
  { issuerId }: Input,
  event: "trusted_issuer.disable" | "trusted_issuer.enable",
  disabledAt: Date | null,
): Promise<void> {
  requireRole(ctx.actor, "admin");
  await change(ctx, event, async (tx, row) => {
    const issuer = await holdIssuer(tx, issuerId);
    row.target = issuer.name;
    const words = (disabled: Date | null) => (disabled ? "switched off" : "trusted");
    row.detail = changed(["Status", words(issuer.disabledAt), words(disabledAt)]);
    if ((issuer.disabledAt === null) !== (disabledAt === null)) {
      await tx.trustedIssuer.update({ where: { id: issuer.id }, data: { disabledAt } });
    }
  });
}

/** Stops trusting an issuer for good. Admins only. Refuses `conflict` while a live credential rests on it: that is taken away first. */
export async function removeIssuer(ctx: Ctx, { issuerId }: Input): Promise<void> {
  requireRole(ctx.actor, "admin");
  await change(ctx, "trusted_issuer.remove", async (tx, row) => {
    const issuer = await holdIssuer(tx, issuerId);
    row.target = issuer.name;
    const now = ctx.clock.now();
    const live = { issuerId: issuer.id, revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] };
    const count = await tx.agentCredential.count({ where: live });
    if (count > 0) {
      throw new Refusal(
        "conflict",
        `${count} ${count === 1 ? "rule rests" : "rules rest"} on ${issuer.name}. Remove them first, or switch it off.`,
        {
          reason: "issuer_in_use",
        },
      );
    }
    // The ended ones stay for the ledger, without the issuer that is gone.
    await tx.agentCredential.updateMany({ where: { issuerId: issuer.id }, data: { issuerId: null } });
    await tx.trustedIssuer.delete({ where: { id: issuer.id } });
  });
}

/** Held until the transaction ends, so that no rule is added to an issuer that goes. */
async function holdIssuer(tx: Tx, issuerId: string): Promise<{ id: string; name: string; disabledAt: Date | null }> {
  const [issuer] = await tx.$queryRaw<{ id: string; name: string; disabledAt: Date | null }[]>`
    SELECT id, name, disabled_at AS "disabledAt" FROM trusted_issuers WHERE id = ${issuerId} FOR UPDATE`;
  if (!issuer) throw notFound("issuer");
  return issuer;
}
