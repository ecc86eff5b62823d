import { z } from "zod";
import type { PersonCtx } from "../ctx";
import { badField, requireRole } from "../people/rules";
import { namePeople } from "./namePeople";
import { setOwners } from "./owners";

export const handOverInput = z.strictObject({ personId: z.string().max(60), to: z.string().max(254) });

export interface HandedOver {
  readonly agents: readonly { readonly id: string; readonly name: string }[];
}

/**
 * Gives every agent that somebody owns, first or second, to somebody else in their place, named by e-mail: before they leave, so that nothing of theirs
 * stops for the want of an owner. Each agent is a change with a row of its own; one that fails leaves those before it handed over, and
 * asking again does the rest. Credentials and grants stay. Admins only.
 */
export async function handOverAgents(ctx: PersonCtx, input: z.input<typeof handOverInput>): Promise<HandedOver> {
  requireRole(ctx.actor, "admin");
  const { personId, to } = handOverInput.parse(input);
  const { ownerId: toId } = await namePeople(ctx, { owner: to });
  if (!toId || toId === personId) throw badField("to", "Name somebody else, by the e-mail they sign in with.");
  const where = { OR: [{ ownerId: personId }, { secondOwnerId: personId }] };
  const agents = await ctx.db.agent.findMany({ where, select: { id: true, name: true, ownerId: true, secondOwnerId: true } });
  for (const { id: agentId, ownerId, secondOwnerId } of agents) {
    const first = ownerId === personId;
    const both = toId === (first ? secondOwnerId : ownerId);
    await setOwners(ctx, {
      agentId,
      ...(first ? { owner: to, ...(both ? { secondOwner: null } : {}) } : { secondOwner: both ? null : to }),
    });
  }
  return { agents: agents.map(({ id, name }) => ({ id, name })) };
}
