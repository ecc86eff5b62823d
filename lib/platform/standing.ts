import type { Core } from "../ctx";
import { stateOf } from "./rules";

/** What an agent may do on its own authority, as its next request for a token is judged by. */
export interface OwnStanding {
  readonly agentStatus: string;
  readonly ownerStatus: string;
  /** The newest first. Also what has ended or was taken back, so that a refusal can say so. */
  readonly access: readonly OwnAccessStanding[];
}

export interface OwnAccessStanding {
  readonly id: string;
  readonly resource: string;
  readonly resourceName: string;
  readonly scopes: readonly string[];
  readonly expiresAt: Date | null;
  readonly state: "live" | "ended" | "revoked";
}

/** Read now; the ledger judges it again when it admits the use. Null when there is no such agent. */
export async function readOwnStanding(core: Core, agentId: string): Promise<OwnStanding | null> {
  const agent = await core.db.agent.findUnique({
    where: { id: agentId },
    select: {
      status: true,
      owner: { select: { status: true } },
      secondOwner: { select: { status: true } },
      ownAccess: { include: { resource: { select: { resource: true, name: true } } }, orderBy: [{ createdAt: "desc" }, { id: "desc" }] },
    },
  });
  if (!agent) return null;
  const now = core.clock.now();
  const access = agent.ownAccess.map((one) => {
    const { id, scopes, expiresAt } = one;
    return { id, resource: one.resource.resource, resourceName: one.resource.name, scopes, expiresAt, state: stateOf(one, now) };
  });
  // It stands by its second owner where its first is gone.
  const ownerStatus = agent.secondOwner?.status === "active" ? "active" : agent.owner.status;
  return { agentStatus: agent.status, ownerStatus, access };
}
