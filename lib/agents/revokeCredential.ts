import { change } from "../activity/change";
import type { Ctx } from "../ctx";
import { Refusal } from "../errors";
import { findHeld, holdCredentials, markOf, nameCredential, working } from "./holdCredentials";

/**
 * Ends one credential of an agent: the next proof by it is refused. Its owner and admins only.
 *
 * Refuses `conflict` for the last one that works: an agent that nothing proves is stopped by pausing it, not by accident. Two who
 * revoke the last two at once stand in line at the agent's row.
 */
export function revokeCredential(ctx: Ctx, input: { readonly agentId: string; readonly credentialId: string }): Promise<void> {
  return change(ctx, "agent.revoke_credential", async (tx, row) => {
    const held = await holdCredentials(tx, ctx, input.agentId);
    const now = ctx.clock.now();
    const credential = findHeld(held, input.credentialId);
    const works = working(held, now);
    if (works.length === 1 && works[0]?.id === credential.id) throw refuseLast();
    const { agent } = held;
    await tx.agentCredential.update({ where: { id: credential.id }, data: { revokedAt: now } });
    const target = nameCredential(agent, { ...credential, mark: markOf(credential) });
    Object.assign(row, { target, agentId: agent.id, ownerId: agent.ownerId, detail: { credentialId: credential.id } });
  });
}

function refuseLast(): Refusal {
  return new Refusal("conflict", "This is the last credential that works: without it the agent could not prove itself any more.", {
    reason: "last_credential",
    next: "Add another one first. To stop the agent, pause it.",
  });
}
