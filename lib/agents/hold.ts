import type { Ctx } from "../ctx";
import type { Tx } from "../db";
import { requireRun } from "./rules";

export interface HeldAgent {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly secondOwnerId: string | null;
  readonly sponsorId: string | null;
  readonly status: "active" | "paused";
}

/** An agent that the actor may change, held until the transaction ends. Refuses `not_found` otherwise. */
export async function holdAgent(tx: Tx, ctx: Ctx, agentId: string): Promise<HeldAgent> {
  const [agent] = await tx.$queryRaw<HeldAgent[]>`
    SELECT id, name, owner_id AS "ownerId", second_owner_id AS "secondOwnerId", sponsor_id AS "sponsorId", status FROM agents WHERE id = ${agentId} FOR UPDATE`;
  return requireRun(ctx.actor, agent);
}
