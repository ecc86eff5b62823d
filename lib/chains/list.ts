import type { PersonCtx } from "../ctx";
import { notFound } from "../errors";
import { ownGrant } from "../grants/own";
import { readBounds } from "../policy/bounds";
import { phraseBounds } from "../policy/boundWords";
import { readHopsOfGrant } from "./hops";
import { type FoundLink, findLinks, ownersOf, readAgents } from "./links";
import { findEnded, type Hop, mayEndLink } from "./rules";

export interface LinkView {
  readonly id: string;
  readonly grantId: string;
  readonly connector: string;
  readonly fromAgentId: string;
  readonly fromAgentName: string;
  readonly toAgentId: string;
  readonly toAgentName: string;
  readonly createdAt: Date;
  /** Whether the one who looks may end it. */
  readonly mayRevoke: boolean;
}

/** Something that was handed on and lives right now. */
export interface HandedOnView {
  readonly id: string;
  /** The agents from the grant's own to the one that has it, by name. */
  readonly path: readonly string[];
  readonly fromAgentId: string;
  readonly fromAgentName: string;
  readonly toAgentId: string;
  readonly toAgentName: string;
  readonly scopes: readonly string[];
  /** What keeps it to less than its scopes, in sentences. */
  readonly boundWords: readonly string[];
  readonly runId: string | null;
  readonly expiresAt: Date;
}

/** Who may hand work under a grant to whom: for its person, admins and auditors. */
export async function listLinks(ctx: PersonCtx, input: { readonly grantId: string }): Promise<LinkView[]> {
  const grant = await ownGrant(ctx, input.grantId, { alsoAuditors: true });
  return (await findLinks(ctx, { grantId: grant.id })).map((link) => viewLink(ctx, link));
}

/** The links that an agent is one end of, whosever the grants are: for the people who answer for it, admins and auditors. */
export async function listLinksOfAgent(ctx: PersonCtx, input: { readonly agentId: string }): Promise<LinkView[]> {
  const agent = (await readAgents(ctx, [input.agentId])).get(input.agentId);
  if (!agent || (ctx.actor.role === "member" && !ownersOf(agent).includes(ctx.actor.personId))) throw notFound("agent");
  const either = { OR: [{ fromAgentId: agent.id }, { toAgentId: agent.id }] };
  const live = { grant: { revokedAt: null, expiresAt: { gt: ctx.clock.now() } } };
  return (await findLinks(ctx, { ...either, ...live })).map((link) => viewLink(ctx, link));
}

/** What was handed on under a grant and still gives something, newest first: for its person, admins and auditors. */
export async function listHandedOn(ctx: PersonCtx, input: { readonly grantId: string }): Promise<HandedOnView[]> {
  const grant = await ownGrant(ctx, input.grantId, { alsoAuditors: true });
  if (grant.revokedAt || grant.suspendedAt || grant.expiresAt <= ctx.clock.now()) return [];
  const hops = await readHopsOfGrant(ctx, grant.id);
  const byId = new Map(hops.map((hop) => [hop.id, hop]));
  // A hop ends with those before it at the latest, so all of its path is among those that have not run out.
  const pathOf = (hop: Hop) => hop.delegationIds.map((id) => byId.get(id)).filter((one) => one !== undefined);
  const lives = (hop: Hop) => pathOf(hop).length === hop.delegationIds.length && !findEnded(pathOf(hop), ctx.clock.now());
  return hops.filter(lives).map((hop) => viewHop(hop, pathOf(hop)));
}

/** A link as somebody is shown it. */
export function viewLink(ctx: PersonCtx, link: FoundLink): LinkView {
  const { id, grantId, connector, fromAgentId, fromAgentName, toAgentId, toAgentName, createdAt } = link;
  const mayRevoke = mayEndLink(ctx.actor, link);
  return { id, grantId, connector, fromAgentId, fromAgentName, toAgentId, toAgentName, createdAt, mayRevoke };
}

function viewHop(hop: Hop, path: readonly Hop[]): HandedOnView {
  const { id, fromAgentId, fromAgentName, toAgentId, toAgentName, scopes, callsMax, runId, expiresAt } = hop;
  const names = [path[0]?.fromAgentName ?? fromAgentName, ...path.map((one) => one.toAgentName)];
  const calls = callsMax === null ? [] : [`At most ${callsMax.toLocaleString("en-GB")} ${callsMax === 1 ? "call" : "calls"} in all`];
  const boundWords = [...phraseBounds(readBounds(hop.bounds)), ...calls];
  return { id, path: names, fromAgentId, fromAgentName, toAgentId, toAgentName, scopes, boundWords, runId, expiresAt };
}
