import { change, recordRefusedChange } from "../activity/change";
import { changed } from "../activity/changed";
import type { PersonCtx } from "../ctx";
import type { Tx } from "../db";
import { isRefusal } from "../errors";
import { badField } from "../people/rules";
import { holdAgent } from "./hold";
import { holdAnswering } from "./holdAnswering";
import { type AnsweringEmails, namePeople } from "./namePeople";
import { type Answering, planOwners, requireRun } from "./rules";

export interface SetOwnersInput extends AnsweringEmails {
  readonly agentId: string;
}

interface Named {
  readonly id: string;
  readonly name: string;
}

/** Who answers for an agent, after a change. */
export interface SetOwners {
  readonly agentId: string;
  readonly owner: Named;
  readonly secondOwner: Named | null;
  readonly sponsor: Named | null;
}

/**
 * Hands an agent to another owner, names or clears its second owner and its sponsor. Its credentials and what was lent to it stay.
 *
 * Either owner may, and admins, who give an orphan its owner. What is left out stays; null clears; with `owner: null` the second
 * owner takes the place. Refuses `invalid_request` for somebody who is not here in good standing, and `conflict` when nobody in good
 * standing would own it. A refused try leaves a row.
 */
export async function setOwners(ctx: PersonCtx, input: SetOwnersInput): Promise<SetOwners> {
  const { agentId } = input;
  const agent = requireRun(ctx.actor, await ctx.db.agent.findUnique({ where: { id: agentId } }));
  try {
    const asked = await namePeople(ctx, input);
    if (Object.keys(asked).length === 0) throw badField("owner", "Name an owner, a second owner or a sponsor.");
    return await change(ctx, "agent.set_owners", async (tx, row) => {
      const before = await holdAgent(tx, ctx, agentId);
      const after = planOwners(before, asked);
      const people = await holdAnswering(tx, before, after);
      // The owner it had sees the row by this; whoever answers for it now, because it is theirs.
      const detail = { before: idsOf(before), after: idsOf(after), ...changed(...(await ownersInWords(tx, before, after))) };
      Object.assign(row, { target: before.name, agentId, ownerId: before.ownerId, detail });
      await tx.agent.update({ where: { id: agentId }, data: idsOf(after) });
      const named = (id: string | null) => (id === null ? null : { id, name: people.get(id) ?? id });
      return { agentId, owner: named(after.ownerId) as Named, secondOwner: named(after.secondOwnerId), sponsor: named(after.sponsorId) };
    });
  } catch (error) {
    if (isRefusal(error))
      await recordRefusedChange(ctx, "agent.set_owners", { target: agent.name, agentId, ownerId: agent.ownerId }, error);
    throw error;
  }
}

/** Their names as they are now, with the e-mail: two people may be called the same. */
async function ownersInWords(tx: Tx, before: Answering, after: Answering) {
  const ids = [before, after].flatMap((one) => [one.ownerId, one.secondOwnerId, one.sponsorId]).filter((id) => id !== null);
  const people = await tx.person.findMany({ where: { id: { in: ids } }, select: { id: true, name: true, email: true } });
  const words = new Map(people.map(({ id, name, email }) => [id, `${name} (${email})`]));
  const named = (id: string | null) => (id === null ? null : (words.get(id) ?? id));
  return [
    ["Owner", named(before.ownerId), named(after.ownerId)],
    ["Second owner", named(before.secondOwnerId), named(after.secondOwnerId)],
    ["Sponsor", named(before.sponsorId), named(after.sponsorId)],
  ] as const;
}

function idsOf<A extends { ownerId: string; secondOwnerId: string | null; sponsorId: string | null }>(agent: A) {
  const { ownerId, secondOwnerId, sponsorId } = agent;
  return { ownerId, secondOwnerId, sponsorId };
}
