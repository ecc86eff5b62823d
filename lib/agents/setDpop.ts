import { change } from "../activity/change";
import { changed } from "../activity/changed";
import type { Ctx } from "../ctx";
import { holdAgent } from "./hold";

/** `required`: every token of the agent is bound to a key of its own, and works with a proof of that key alone (RFC 9449). */
export type DpopUse = "optional" | "required";

/**
 * Says whether an agent's tokens have to be bound to a key. From then on: tokens that are not bound are refused at the gateway,
 * and none of the SaaS's own is handed out. One that the agent already has lives until it ends. Its owner and admins only.
 */
export function setAgentDpop(ctx: Ctx, input: { readonly agentId: string; readonly dpop: DpopUse }): Promise<void> {
  return change(ctx, "agent.set_dpop", async (tx, row) => {
    const agent = await holdAgent(tx, ctx, input.agentId);
    const { dpop } = await tx.agent.findUniqueOrThrow({ where: { id: agent.id }, select: { dpop: true } });
    const detail = { dpop: input.dpop, ...changed(["Proof of a key (DPoP)", dpop, input.dpop]) };
    Object.assign(row, { target: agent.name, agentId: agent.id, ownerId: agent.ownerId, detail });
    await tx.agent.update({ where: { id: agent.id }, data: { dpop: input.dpop } });
  });
}
