import type { Core } from "../ctx";
import type { Prisma } from "../generated/prisma/client";
import type { LinkParties } from "./rules";

/** A link with the names of both agents, and whose business it is. */
export interface FoundLink extends LinkParties {
  readonly id: string;
  readonly grantId: string;
  readonly connectionId: string;
  readonly connector: string;
  readonly fromAgentId: string;
  readonly fromAgentName: string;
  readonly toAgentId: string;
  readonly toAgentName: string;
  readonly createdAt: Date;
}

/** The live links that `where` finds, oldest first: between agents that are still there. */
export async function findLinks(core: Pick<Core, "db">, where: Prisma.AgentLinkWhereInput): Promise<FoundLink[]> {
  const grant = { select: { personId: true, connectionId: true, connector: true } } as const;
  const found = await core.db.agentLink.findMany({ where: { ...where, revokedAt: null }, include: { grant }, orderBy: { id: "asc" } });
  const agents = await readAgents(
    core,
    found.flatMap((link) => [link.fromAgentId, link.toAgentId]),
  );
  return found.map((link) => {
    const [from, to] = [agents.get(link.fromAgentId), agents.get(link.toAgentId)];
    const { id, grantId, fromAgentId, toAgentId, createdAt } = link;
    const names = { fromAgentName: from?.name ?? fromAgentId, toAgentName: to?.name ?? toAgentId };
    return { id, grantId, fromAgentId, toAgentId, createdAt, ...names, ...link.grant, ownerIds: [from, to].flatMap(ownersOf) };
  });
}

interface NamedAgent {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly secondOwnerId: string | null;
}

/** Agents by id, as far as a link needs to know them. */
export async function readAgents(core: Pick<Core, "db">, ids: readonly string[]): Promise<ReadonlyMap<string, NamedAgent>> {
  const select = { id: true, name: true, ownerId: true, secondOwnerId: true } as const;
  const agents = await core.db.agent.findMany({ where: { id: { in: [...new Set(ids)] } }, select });
  return new Map(agents.map((agent) => [agent.id, agent]));
}

/** The people who answer for an agent. */
export function ownersOf(agent: Pick<NamedAgent, "ownerId" | "secondOwnerId"> | undefined): string[] {
  return agent ? [agent.ownerId, agent.secondOwnerId].filter((id) => id !== null) : [];
}

/** The live link by which work under a grant may go from one agent to another. Null when there is none. */
export async function findLink(core: Pick<Core, "db">, grantId: string, fromAgentId: string, toAgentId: string): Promise<string | null> {
  const where = { grantId, fromAgentId, toAgentId, revokedAt: null };
  const link = await core.db.agentLink.findFirst({ where, select: { id: true }, orderBy: { id: "asc" } });
  return link?.id ?? null;
}
