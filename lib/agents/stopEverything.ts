import { z } from "zod";
import { change } from "../activity/change";
import { endLentToAgents, type LentTokenReport } from "../connections/lentTokens";
import type { PersonCtx } from "../ctx";
import { newId } from "../ids";
import { badField, requireRole } from "../people/rules";

/** Typed by whoever means it, because it concerns everybody. */
export const STOP_WORDS = "STOP EVERYTHING";
export const stopEverythingInput = z.strictObject({ confirm: z.string().max(60).describe(`The words ${STOP_WORDS}.`) });

export interface StoppedEverything {
  /** Agents that this stopped. Those that were paused before stay as they were. */
  readonly agents: number;
  /** What became of the tokens that each SaaS had made for them. */
  readonly lentTokens: readonly LentTokenReport[];
}

/**
 * Pauses every agent there is, in one transaction: the very next exchange or call of any is refused, whosever authority it spends. Then what
 * they were handed is ended at each SaaS as far as it can. Grants and credentials stay. Who registers a new agent afterwards meant to.
 * Admins only.
 */
export async function stopEverything(ctx: PersonCtx, input: z.input<typeof stopEverythingInput>): Promise<StoppedEverything> {
  requireRole(ctx.actor, "admin");
  if (stopEverythingInput.parse(input).confirm.trim() !== STOP_WORDS) throw badField("confirm", `Type ${STOP_WORDS}, as it stands here.`);
  const ids = await change(ctx, "agent.stop_everything", async (tx, row) => {
    const stopId = newId("stp", ctx.clock.now());
    // In one order, so that two who stop at once wait for each other and not for ever.
    await tx.$queryRaw`SELECT id FROM agents WHERE status = 'active' ORDER BY id FOR UPDATE`;
    const stopped = await tx.$queryRaw<{ id: string }[]>`
      UPDATE agents SET status = 'paused', paused_at = ${ctx.clock.now()}, stop_id = ${stopId} WHERE status = 'active' RETURNING id`;
    Object.assign(row, { target: "Every agent", detail: { stopId, agents: stopped.length } });
    return stopped.map(({ id }) => id);
  });
  return { agents: ids.length, lentTokens: await endLentToAgents(ctx, ids) };
}

/**
 * Lets go on what stops of everything have paused, and nothing else: not an agent that was paused by itself, before or since. Admins only.
 */
export async function resumeEverything(ctx: PersonCtx): Promise<{ readonly agents: number }> {
  requireRole(ctx.actor, "admin");
  return change(ctx, "agent.resume_everything", async (tx, row) => {
    await tx.$queryRaw`SELECT id FROM agents WHERE stop_id IS NOT NULL ORDER BY id FOR UPDATE`;
    const agents = await tx.$executeRaw`
      UPDATE agents SET status = 'active', paused_at = NULL, stop_id = NULL WHERE stop_id IS NOT NULL AND status = 'paused'`;
    Object.assign(row, { target: "Agents that were stopped together", detail: { agents } });
    return { agents };
  });
}
