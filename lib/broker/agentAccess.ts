import { maySee, owns } from "../agents/rules";
import { type LinkView, listLinksOfAgent } from "../chains/list";
import type { Core, PersonCtx } from "../ctx";
import { notFound } from "../errors";
import { type GrantView, viewGrants } from "../grants/list";
import { type OwnAccessView, viewOwnAccess } from "../platform/ownAccess";

/** What an agent may do at this moment, and would if what stops it were gone. */
export interface AgentAccess {
  /** Neither revoked nor run out. One that gives nothing right now says why in its `state`. */
  readonly grants: readonly GrantView[];
  /** Live access of its own, at services of the house. */
  readonly ownAccess: readonly OwnAccessView[];
}

/** The same, as far as somebody may see it. */
export interface SeenAgentAccess extends AgentAccess {
  /** How many grants of other people there are beside those shown: whose and where is theirs to say. */
  readonly hiddenGrants: number;
  /** Who hands work on to it, and whom it hands work on to. */
  readonly links: readonly LinkView[];
}

/** All of it. The caller says that the agent itself asks. */
export async function readAgentAccess(core: Core, agentId: string): Promise<AgentAccess> {
  const grants = await viewGrants(core, { agentId, ...unended(core) });
  return { grants, ownAccess: await liveOwnAccess(core, agentId) };
}

/**
 * What `GET /api/v1/agent/access` answers the agent, for a person: admins and auditors see all of it, everybody else their own grants.
 * Whoever answers for the agent is told how many more there are, and what it may do on its own authority.
 *
 * Refuses `not_found` for an agent that is not there, and to whoever neither answers for it nor ever lent it anything.
 */
export async function seeAgentAccess(ctx: PersonCtx, { agentId }: { readonly agentId: string }): Promise<SeenAgentAccess> {
  const { personId, role } = ctx.actor;
  const agent = await ctx.db.agent.findUnique({ where: { id: agentId } });
  const sees = agent !== null && maySee(ctx.actor, agent);
  if (!sees && (await ctx.db.grant.count({ where: { agentId, personId } })) === 0) throw notFound("agent");
  const everyones = role !== "member";
  const where = { agentId, ...unended(ctx) };
  const grants = await viewGrants(ctx, { ...where, ...(everyones ? {} : { personId }) });
  if (!sees) return { grants, ownAccess: [], hiddenGrants: 0, links: [] };
  const hidden = everyones ? 0 : await ctx.db.grant.count({ where: { ...where, personId: { not: personId } } });
  // A sponsor answers for why the agent exists, not for whom it works with.
  const links = everyones || owns(personId, agent) ? await listLinksOfAgent(ctx, { agentId }) : [];
  return { grants, ownAccess: await liveOwnAccess(ctx, agentId), hiddenGrants: hidden, links };
}

function unended({ clock }: Core) {
  return { revokedAt: null, expiresAt: { gt: clock.now() } };
}

async function liveOwnAccess(core: Core, agentId: string): Promise<OwnAccessView[]> {
  return (await viewOwnAccess(core, agentId)).filter(({ state }) => state === "live");
}
