import { change } from "../activity/change";
import type { Ctx } from "../ctx";
import { Refusal } from "../errors";
import { requireRole } from "../people/rules";
import { holdSigningKeys, LEAD_SECONDS, newSigningKey, publishedKeys } from "./record";

export interface NextSigningKey {
  readonly kid: string;
  /** Until then the present key signs. */
  readonly activeFrom: Date;
}

/**
 * Publishes the next signing key; it signs from ten minutes later, when every verifier knows it. Admins only.
 *
 * Refuses `conflict` while one is waiting already.
 */
export async function rotateSigningKey(ctx: Ctx): Promise<NextSigningKey> {
  requireRole(ctx.actor, "admin");
  return makeNextKey(ctx);
}

/** The same without asking who: for the sweep. */
export async function makeNextKey(ctx: Ctx): Promise<NextSigningKey> {
  const data = await newSigningKey(ctx, LEAD_SECONDS);
  await change(ctx, "signing_key.rotate", async (tx, row) => {
    await holdSigningKeys(tx);
    const latest = (await publishedKeys(tx)).at(-1);
    if (latest && latest.activeFrom > data.createdAt) throw refuseWaiting();
    await tx.signingKey.create({ data });
    row.target = `Signing key ${data.kid}`;
  });
  await ctx.signer.reload(ctx.clock.now());
  return { kid: data.kid, activeFrom: data.activeFrom };
}

function refuseWaiting(): Refusal {
  return new Refusal("conflict", "The next key is published already and signs within ten minutes. Wait for it, then rotate again.", {
    reason: "key_waiting",
  });
}
