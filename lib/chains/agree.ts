import { change } from "../activity/change";
import type { PersonCtx } from "../ctx";
import type { Tx } from "../db";
import { Refusal } from "../errors";
import { ownGrant } from "../grants/own";
import { newId } from "../ids";
import { findLinks } from "./links";
import { type LinkView, viewLink } from "./list";

export interface AgreeInput {
  readonly grantId: string;
  /** Who gets the work. */
  readonly toAgentId: string;
  /** Who may hand it on: the grant's own agent unless said otherwise, or one that work under this grant is already handed to. */
  readonly fromAgentId?: string | undefined;
}

/**
 * Lets one agent hand work under a grant to another. Only the person who lent it: nobody else knows the grant.
 *
 * Refuses `conflict` for a grant that has ended (`grant_ended`) and a link that is there (`link_exists`), `invalid_request` for an agent
 * that has nothing of this grant (`agent_not_in_chain`), that is not there or stopped (`agent_unknown`), or is the same (`same_agent`).
 */
export async function agreeLink(ctx: PersonCtx, input: AgreeInput): Promise<LinkView> {
  const grant = await ownGrant(ctx, input.grantId);
  const now = ctx.clock.now();
  if (grant.revokedAt || grant.expiresAt <= now)
    throw new Refusal("conflict", "This grant has ended. Lend a new one, and agree to it there.", { reason: "grant_ended" });
  const fromAgentId = input.fromAgentId ?? grant.agentId;
  const { toAgentId } = input;
  if (fromAgentId === toAgentId) throw wrong("toAgentId", "same_agent", "Choose another agent than the one that hands the work on.");
  const to = await lendableAgent(ctx, toAgentId);
  const id = newId("lnk", now);
  await change(ctx, "link.agree", async (tx, row) => {
    // Whoever else agrees to a link of this grant waits here, so that there is never a second one that a revoke would miss.
    await tx.$queryRaw`select id from grants where id = ${grant.id} for update`;
    await refuseStranger(tx, grant, fromAgentId);
    const there = await tx.agentLink.findFirst({ where: { grantId: grant.id, fromAgentId, toAgentId, revokedAt: null } });
    if (there) throw new Refusal("conflict", "It may do that already.", { reason: "link_exists" });
    await tx.agentLink.create({ data: { id, grantId: grant.id, fromAgentId, toAgentId, agreedById: ctx.actor.personId, createdAt: now } });
    const from = await tx.agent.findUniqueOrThrow({ where: { id: fromAgentId }, select: { name: true } });
    row.target = `${from.name} to ${to.name}`;
    row.agentId = fromAgentId;
    row.grantId = grant.id;
    row.connectionId = grant.connectionId;
    row.connector = grant.connector;
    row.detail = { linkId: id, fromAgentId, toAgentId };
  });
  const [link] = await findLinks(ctx, { id });
  if (!link) throw new Refusal("conflict", "It was ended by somebody else at once.", { reason: "link_revoked" });
  return viewLink(ctx, link);
}

/** Any active agent of somebody in good standing, as when lending. */
async function lendableAgent(ctx: PersonCtx, agentId: string) {
  const agent = await ctx.db.agent.findFirst({
    where: { id: agentId, status: "active", OR: [{ owner: { status: "active" } }, { secondOwner: { status: "active" } }] },
    select: { name: true },
  });
  if (!agent) throw wrong("toAgentId", "agent_unknown", "There is no such agent, or it is stopped. Choose one of the list.");
  return agent;
}

async function refuseStranger(tx: Tx, grant: { readonly id: string; readonly agentId: string }, fromAgentId: string): Promise<void> {
  if (fromAgentId === grant.agentId) return;
  const reached = await tx.agentLink.findFirst({ where: { grantId: grant.id, toAgentId: fromAgentId, revokedAt: null } });
  if (!reached)
    throw wrong(
      "fromAgentId",
      "agent_not_in_chain",
      "No work under this grant is handed to that agent, so it has none to hand on. Begin there.",
    );
}

function wrong(field: string, reason: string, message: string): Refusal {
  return new Refusal("invalid_request", message, { reason, fields: { [field]: message } });
}
