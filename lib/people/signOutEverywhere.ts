import { change } from "../activity/change";
import type { PersonCtx } from "../ctx";
import { notFound } from "../errors";
import { requireRole } from "./rules";
import { endTerminalsOf } from "./terminals";

/** Ends every browser session and terminal of the actor, or as an admin of somebody else, with their next request. API tokens stay. */
export async function signOutEverywhere(ctx: PersonCtx, input: { readonly personId?: string } = {}): Promise<void> {
  const personId = input.personId ?? ctx.actor.personId;
  if (personId !== ctx.actor.personId) requireRole(ctx.actor, "admin");
  await change(ctx, "person.sign_out_everywhere", async (tx, row) => {
    const [person] = await tx.person.updateManyAndReturn({
      where: { id: personId },
      data: { sessionVersion: { increment: 1 } },
      select: { name: true },
    });
    if (!person) throw notFound("person");
    row.target = person.name;
    row.ownerId = personId;
    row.detail = { terminals: await endTerminalsOf(tx, personId, ctx.clock.now()) };
  });
}
