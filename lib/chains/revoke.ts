import { change } from "../activity/change";
import type { PersonCtx } from "../ctx";
import { notFound } from "../errors";
import { findLinks, ownersOf, readAgents } from "./links";
import { mayEndLink } from "./rules";

/**
 * Ends a link. The commit is the moment: no token that came by it opens anything after that, in any process, however far down
 * the chain. The grant's person, the people who answer for either agent, admins. Refuses `not_found` otherwise.
 */
export async function revokeLink(ctx: PersonCtx, input: { readonly linkId: string }): Promise<void> {
  const [link] = await findLinks(ctx, { id: input.linkId });
  if (!link || !mayEndLink(ctx.actor, link)) throw notFound("link");
  await change(ctx, "link.revoke", async (tx, row) => {
    const { id, grantId, connectionId, connector, fromAgentId, toAgentId } = link;
    Object.assign(row, { target: `${link.fromAgentName} to ${link.toAgentName}`, ownerId: link.personId, agentId: fromAgentId });
    Object.assign(row, { grantId, connectionId, connector, detail: { linkId: id, fromAgentId, toAgentId } });
    await tx.agentLink.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: ctx.clock.now() } });
  });
}

/**
 * Takes back what was handed on once, and with it everything that was handed on from there. The link stays: the same agent can
 * be handed work again. The same people as for a link.
 */
export async function revokeDelegation(ctx: PersonCtx, input: { readonly delegationId: string }): Promise<void> {
  const grant = { select: { personId: true, connectionId: true, connector: true } } as const;
  const hop = await ctx.db.delegation.findUnique({ where: { id: input.delegationId }, include: { grant } });
  if (!hop) throw notFound("delegation");
  const agents = await readAgents(ctx, [hop.fromAgentId, hop.toAgentId]);
  const ownerIds = [...agents.values()].flatMap(ownersOf);
  if (!mayEndLink(ctx.actor, { personId: hop.grant.personId, ownerIds })) throw notFound("delegation");
  await change(ctx, "delegation.revoke", async (tx, row) => {
    const { id, grantId, fromAgentId, toAgentId } = hop;
    const { personId: ownerId, connectionId, connector } = hop.grant;
    const target = `${agents.get(fromAgentId)?.name} to ${agents.get(toAgentId)?.name}`;
    Object.assign(row, { target, ownerId, agentId: toAgentId, grantId, connectionId, connector, detail: { delegationId: id } });
    await tx.delegation.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: ctx.clock.now() } });
  });
}
