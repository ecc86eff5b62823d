import { change } from "../activity/change";
import type { Ctx } from "../ctx";
import { holdAgent } from "./hold";

/** Stops an agent: its very next call is refused. Its grants stay, and run out meanwhile. Its owner and admins only. */
export function pauseAgent(ctx: Ctx, input: { readonly agentId: string }): Promise<void> {
  return change(ctx, "agent.pause", async (tx, row) => {
    const agent = await holdAgent(tx, ctx, input.agentId);
    Object.assign(row, { target: agent.name, agentId: agent.id, ownerId: agent.ownerId });
    if (agent.status === "active")
      await tx.agent.update({ where: { id: agent.id }, data: { status: "paused", pausedAt: ctx.clock.now() } });
  });
}

/** Lets a paused agent go on with what is still lent to it. Its owner and admins only. */
export function resumeAgent(ctx: Ctx, input: { readonly agentId: string }): Promise<void> {
  return change(ctx, "agent.resume", async (tx, row) => {
    const agent = await holdAgent(tx, ctx, input.agentId);
    Object.assign(row, { target: agent.name, agentId: agent.id, ownerId: agent.ownerId });
    await tx.agent.update({ where: { id: agent.id }, data: { status: "active", pausedAt: null } });
  });
}
