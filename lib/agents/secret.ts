import { change } from "../activity/change";
import type { Ctx } from "../ctx";
import { createCredential } from "./credential";
import { holdAgent } from "./hold";

/** Gives an agent a new secret, shown once; every older one ends at once. Its owner and admins only. */
export async function renewAgentSecret(ctx: Ctx, input: { readonly agentId: string }): Promise<{ clientSecret: string }> {
  return change(ctx, "agent.renew_secret", async (tx, row) => {
    const agent = await holdAgent(tx, ctx, input.agentId);
    const now = ctx.clock.now();
    Object.assign(row, { target: agent.name, agentId: agent.id, ownerId: agent.ownerId });
    await tx.agentCredential.updateMany({ where: { agentId: agent.id, kind: "secret", revokedAt: null }, data: { revokedAt: now } });
    return { clientSecret: await createCredential(tx, agent.id, now) };
  });
}
