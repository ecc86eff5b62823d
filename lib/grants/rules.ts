import { Refusal, type RefusalCode } from "../errors";

/** The lifetimes a form offers, in seconds. A grant always ends. */
export const LIFETIMES = { "1h": 3600, "8h": 8 * 3600, "7d": 7 * 86_400, "30d": 30 * 86_400 } as const;
export type LifetimePreset = keyof typeof LIFETIMES;
export const LIFETIME_SECONDS_MAX = LIFETIMES["30d"];

/** Everything a grant rests on, as read in one statement. */
export interface Standing {
  readonly grantId: string;
  readonly agentId: string;
  readonly agentName: string;
  readonly agentStatus: string;
  readonly agentOwnerStatus: string;
  readonly personId: string;
  readonly personName: string;
  readonly personStatus: string;
  readonly connectionId: string;
  readonly connectionStatus: string;
  readonly accountName: string;
  readonly providerScopes: string[];
  /** Where this account's API lives, when it is not the connector's own address. */
  readonly apiBase: string | null;
  readonly connector: string;
  readonly scopes: string[];
  readonly delivery: "direct" | "gateway";
  readonly narrowedBy: "provider" | "consent" | "gateway";
  readonly pattern: string;
  /** As kept: read by `readBounds`. */
  readonly bounds: unknown;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  readonly revokeReason: string | null;
  readonly suspendedAt: Date | null;
}

export type StandingReason =
  | "grant_revoked"
  | "person_removed"
  | "connection_disconnected"
  | "grant_expired"
  | "grant_suspended"
  | "agent_paused"
  | "owner_suspended"
  | "person_suspended"
  | "connection_needs_reconnect";

interface Wording {
  readonly code: RefusalCode;
  readonly message: string;
  readonly next: string;
}

const WORDS: Record<StandingReason, Wording> = {
  grant_revoked: { code: "invalid_grant", message: "This grant was revoked.", next: "Ask the person who lent it for a new grant." },
  person_removed: { code: "invalid_grant", message: "The person who lent this has left.", next: "Ask somebody else for a grant." },
  connection_disconnected: {
    code: "invalid_grant",
    message: "The account behind this grant was disconnected.",
    next: "Ask its person to connect the account again and to lend it anew.",
  },
  grant_expired: { code: "invalid_grant", message: "This grant has ended.", next: "Ask the person who lent it for a new grant." },
  grant_suspended: {
    code: "invalid_grant",
    message: "This grant is suspended: its last self-test found something open that should be shut.",
    next: "Ask the person who lent it to test it again, or to lend it anew.",
  },
  agent_paused: { code: "invalid_grant", message: "This agent is paused.", next: "Ask the agent's owner to resume it." },
  owner_suspended: {
    code: "invalid_grant",
    message: "The owner of this agent is not in good standing, so the agent is stopped.",
    next: "Ask an admin to give the agent an owner.",
  },
  person_suspended: { code: "invalid_grant", message: "The person who lent this is suspended.", next: "Ask an admin." },
  connection_needs_reconnect: {
    code: "interaction_required",
    message: "The account has to be connected again by its person.",
    next: "Ask the person who lent this to reconnect the account on Valet's Connections page, then try again.",
  },
};

/** Why nothing may be given on this grant right now, or null when all is well. The order is from the most final reason down. */
export function judgeStanding(standing: Standing, now: Date): StandingReason | null {
  if (standing.revokedAt) return revokedFor(standing.revokeReason);
  if (standing.connectionStatus === "disconnected") return "connection_disconnected";
  if (standing.expiresAt <= now) return "grant_expired";
  if (standing.personStatus !== "active") return standing.personStatus === "removed" ? "person_removed" : "person_suspended";
  if (standing.agentOwnerStatus !== "active") return "owner_suspended";
  if (standing.agentStatus !== "active") return "agent_paused";
  if (standing.suspendedAt) return "grant_suspended";
  if (standing.connectionStatus !== "active") return "connection_needs_reconnect";
  return null;
}

/** The refusal that an agent is told, by reason. */
export function refuseStanding(reason: StandingReason): Refusal {
  const { code, message, next } = WORDS[reason];
  return new Refusal(code, message, { reason, next });
}

/** The sentence that a page shows for a reason. */
export function standingSentence(reason: StandingReason): string {
  return WORDS[reason].message;
}

function revokedFor(reason: string | null): StandingReason {
  return reason === "connection_disconnected" || reason === "person_removed" ? reason : "grant_revoked";
}
