import type { PersonActor } from "../ctx";
import { Refusal } from "../errors";

/** RFC 8693 sets no end to nesting; a chain here has one. The person is not counted. */
export const ACTORS_MAX = 5;

/** One hop of a chain and what it rests on, as read in one statement. */
export interface Hop {
  readonly id: string;
  readonly grantId: string;
  readonly fromAgentId: string;
  readonly fromAgentName: string;
  readonly toAgentId: string;
  readonly toAgentName: string;
  readonly toAgentStatus: string;
  /** Whether that agent is in good standing, as the gate asks it. */
  readonly toAgentStands: boolean;
  readonly depth: number;
  readonly linkId: string;
  readonly linkRevokedAt: Date | null;
  readonly delegationIds: string[];
  readonly linkIds: string[];
  readonly agentIds: string[];
  readonly scopes: string[];
  /** As kept: read by `readBounds`. */
  readonly bounds: unknown;
  readonly callsMax: number | null;
  readonly runId: string | null;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  /** Whether the token that it was made out of was revoked by itself. */
  readonly parentEnded: boolean;
}

export type HopEnd = "link_revoked" | "delegation_revoked" | "delegation_expired" | "token_revoked" | "agent_paused" | "owner_suspended";

export interface EndedHop {
  readonly hop: Hop;
  readonly reason: HopEnd;
}

/** The first hop, outermost first, that does not live any more, and why. Null when all of them do. Pure. */
export function findEnded(hops: readonly Hop[], now: Date): EndedHop | null {
  for (const hop of hops) {
    const reason = endOf(hop, now);
    if (reason) return { hop, reason };
  }
  return null;
}

function endOf(hop: Hop, now: Date): HopEnd | null {
  if (hop.linkRevokedAt) return "link_revoked";
  if (hop.revokedAt) return "delegation_revoked";
  if (hop.parentEnded) return "token_revoked";
  if (hop.expiresAt <= now) return "delegation_expired";
  if (hop.toAgentStands) return null;
  return hop.toAgentStatus === "active" ? "owner_suspended" : "agent_paused";
}

/** What an agent further down is told: which part of its chain ended, in words, and for programs in `chain_ended`. */
export function refuseEnded({ hop, reason }: EndedHop): Refusal {
  const { fromAgentName: from, toAgentName: to } = hop;
  switch (reason) {
    case "link_revoked":
      return refuse(reason, `${from} may not hand work on to ${to} any more: that link was revoked.`, { link_id: hop.linkId });
    case "delegation_revoked":
      return refuse(reason, `What ${from} handed on to ${to} was taken back.`, { delegation_id: hop.id });
    case "token_revoked":
      return refuse(reason, `The token that ${from} handed on to ${to} was revoked.`, { delegation_id: hop.id });
    case "delegation_expired":
      return refuse(reason, `What ${from} handed on to ${to} has ended.`, { delegation_id: hop.id });
    case "agent_paused":
    case "owner_suspended":
      return refuseStopped(reason, { id: hop.toAgentId, name: to });
  }
}

/** The same for an agent of the chain that is stopped, the grant's own among them. */
export function refuseStopped(reason: "agent_paused" | "owner_suspended", agent: { readonly id: string; readonly name: string }): Refusal {
  const why = reason === "agent_paused" ? `${agent.name} is paused` : `${agent.name} is stopped, since its owner is not in good standing`;
  const next = reason === "agent_paused" ? `Ask the owner of ${agent.name} to resume it.` : `Ask an admin to give ${agent.name} an owner.`;
  return refuse(reason, `${why}, and so is all work that went through its hands.`, { agent_id: agent.id }, next);
}

const AGAIN = "Ask to be handed the work again: nothing that came after it works any more.";

function refuse(reason: HopEnd, message: string, ended: Readonly<Record<string, string>>, next = AGAIN): Refusal {
  return new Refusal("invalid_grant", message, { reason, next, facts: { chain_ended: ended } });
}

/** Whether a refusal is about the chain and not about the grant, which may well live on. */
export function isChainEnd(refusal: Refusal): boolean {
  return refusal.facts?.chain_ended !== undefined;
}

/** Whose business a link between two agents is. */
export interface LinkParties {
  /** The grant's person. */
  readonly personId: string;
  /** The people who answer for either agent. */
  readonly ownerIds: readonly string[];
}

/** Only the grant's person agrees to a link; either agent's people and admins may end one as well. */
export function mayEndLink({ personId, role }: PersonActor, parties: LinkParties): boolean {
  return role === "admin" || personId === parties.personId || parties.ownerIds.includes(personId);
}
