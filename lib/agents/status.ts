import { change } from "../activity/change";
import { changed } from "../activity/changed";
import { endLentToAgents, type LentTokenReport, listHeldByAgent } from "../connections/lentTokens";
import type { Ctx, PersonCtx } from "../ctx";
import { notFound } from "../errors";
import { holdAgent } from "./hold";
import { maySee } from "./rules";

export interface Paused {
  /** What became of the tokens that SaaS had made for it. */
  readonly lentTokens: readonly LentTokenReport[];
}

/**
 * Stops an agent: its very next call is refused, by whatever credential or token. Its grants stay, and run out meanwhile. Then what it
 * was handed is ended at each SaaS as far as the SaaS allows, and reported as it is. Its owners and admins only.
 */
export async function pauseAgent(ctx: Ctx, input: { readonly agentId: string }): Promise<Paused> {
  const agentId = await change(ctx, "agent.pause", async (tx, row) => {
    const agent = await holdAgent(tx, ctx, input.agentId);
    const detail = changed(["Status", agent.status, "paused"]);
    Object.assign(row, { target: agent.name, agentId: agent.id, ownerId: agent.ownerId, detail });
    // Paused by hand: a stop of everything that is taken back does not let it go on.
    const pausedAt = agent.status === "active" ? { pausedAt: ctx.clock.now() } : {};
    await tx.agent.update({ where: { id: agent.id }, data: { status: "paused", stopId: null, ...pausedAt } });
    return agent.id;
  });
  return { lentTokens: await endLentToAgents(ctx, [agentId]) };
}

/** Lets a paused agent go on with what is still lent to it. Its owners and admins only. */
export function resumeAgent(ctx: Ctx, input: { readonly agentId: string }): Promise<void> {
  return change(ctx, "agent.resume", async (tx, row) => {
    const agent = await holdAgent(tx, ctx, input.agentId);
    const detail = changed(["Status", agent.status, "active"]);
    Object.assign(row, { target: agent.name, agentId: agent.id, ownerId: agent.ownerId, detail });
    await tx.agent.update({ where: { id: agent.id }, data: { status: "active", pausedAt: null, stopId: null } });
  });
}

/** Tokens in an agent's hand that still work at their SaaS, whatever Valet says. For whoever may see all of the agent. */
export async function heldTokens(ctx: PersonCtx, input: { readonly agentId: string }): Promise<LentTokenReport[]> {
  const agent = await ctx.db.agent.findUnique({ where: { id: input.agentId } });
  if (!agent || !maySee(ctx.actor, agent)) throw notFound("agent");
  return listHeldByAgent(ctx, agent.id);
}
