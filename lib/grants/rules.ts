import { Refusal, type RefusalCode } from "../errors";
import type { Evidence, Proof } from "./evidence";

/** The lifetimes a form offers, in seconds. A grant always ends. */
export const LIFETIMES = { "1h": 3600, "8h": 8 * 3600, "7d": 7 * 86_400, "30d": 30 * 86_400 } as const;
export const LIFETIME_SECONDS_MAX = LIFETIMES["30d"];

/** Everything a grant rests on, as read in one statement. */
export interface Standing {
  readonly grantId: string;
  readonly agentId: string;
  readonly agentName: string;
  readonly agentStatus: string;
  /** Of its owner, or `active` while its second owner is. */
  readonly agentOwnerStatus: string;
  readonly personId: string;
  readonly personName: string;
  readonly personStatus: string;
  /** Set while no agent may spend this person's authority. */
  readonly lendingPausedAt: Date | null;
  readonly connectionId: string;
  readonly connectionStatus: string;
  readonly accountName: string;
  readonly providerScopes: string[];
  /** Set where the account is a shared key: nothing is given from it from here on. */
  readonly keyEndsAt: Date | null;
  /** Where this account's API lives, when it is not the connector's own address. */
  readonly apiBase: string | null;
  /** main | read_only: which of our clients at the SaaS the connection was made with. */
  readonly registration: string;
  /** The account's own connection: another one than the grant's where the grant has a consent of its own. */
  readonly accountConnectionId: string;
  /** The most that an admin allows at this connector, in the SaaS's scope names. Empty: no ceiling. */
  readonly ceiling: string[];
  readonly connector: string;
  readonly scopes: string[];
  readonly delivery: "direct" | "gateway";
  readonly narrowedBy: "provider" | "consent" | "gateway";
  /** delegated | own | shared_key */
  readonly pattern: string;
  /** As kept: read by `readBounds`. */
  readonly bounds: unknown;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  readonly revokeReason: string | null;
  readonly suspendedAt: Date | null;
  /** When its last self-test ended; null before the first. */
  readonly testedAt: Date | null;
}

export type StandingReason =
  | "grant_revoked"
  | "person_removed"
  | "connection_disconnected"
  | "grant_expired"
  | "key_ended"
  | "grant_suspended"
  | "grant_untested"
  | "agent_paused"
  | "person_paused"
  | "owner_suspended"
  | "person_suspended"
  | "connection_needs_reconnect";

interface Wording {
  readonly code: RefusalCode;
  readonly message: string;
  readonly next: string;
  /** It passes by itself: when to ask again. */
  readonly retryAfterSeconds?: number;
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
  key_ended: {
    code: "invalid_grant",
    message: "The shared key behind this grant has ended.",
    next: "Ask its person to connect the account itself, and to lend that.",
  },
  grant_suspended: {
    code: "invalid_grant",
    message: "This grant is suspended: a self-test found something open that should be shut.",
    next: "Ask the person who lent it to test it again, or to lend it anew.",
  },
  grant_untested: {
    code: "invalid_grant",
    message: "This grant waits for its first self-test, and gives nothing before that.",
    next: "Try again in a few seconds. If it stays, ask the person who lent it to test it on the grant's page.",
    retryAfterSeconds: 5,
  },
  agent_paused: { code: "invalid_grant", message: "This agent is paused.", next: "Ask the agent's owner to resume it." },
  person_paused: {
    code: "invalid_grant",
    message: "All that the person behind this grant lends is paused.",
    next: "Ask them, or an admin, to resume it. The grant stands meanwhile.",
  },
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

interface Answering {
  readonly owner: { readonly status: string };
  readonly secondOwner: { readonly status: string } | null;
}

/** The status that an agent stands by: of its owner, or `active` while its second owner is. The same as OWNER_STATUS in lib/activity/stands.ts. */
export function ownerStatusOf({ owner, secondOwner }: Answering): string {
  return secondOwner?.status === "active" ? "active" : owner.status;
}

/** Why nothing may be given on this grant right now, or null when all is well. The order is from the most final reason down. */
export function judgeStanding(standing: Standing, now: Date): StandingReason | null {
  const over = whyOver(standing, now);
  if (over) return over;
  if (standing.personStatus !== "active") return standing.personStatus === "removed" ? "person_removed" : "person_suspended";
  if (standing.agentOwnerStatus !== "active") return "owner_suspended";
  if (standing.agentStatus !== "active") return "agent_paused";
  if (standing.lendingPausedAt && standing.pattern !== "own") return "person_paused";
  if (standing.suspendedAt) return standing.testedAt ? "grant_suspended" : "grant_untested";
  if (standing.connectionStatus !== "active") return "connection_needs_reconnect";
  return null;
}

/** What does not come back. */
function whyOver(standing: Standing, now: Date): StandingReason | null {
  if (standing.revokedAt) return revokedFor(standing.revokeReason);
  if (standing.keyEndsAt && standing.keyEndsAt <= now) return "key_ended";
  const expired = standing.expiresAt <= now;
  // A consent of its own is ended because the grant has expired; an account's end is a reason of its own.
  const spent = expired && standing.accountConnectionId !== standing.connectionId;
  if (standing.connectionStatus === "disconnected" && !spent) return "connection_disconnected";
  return expired ? "grant_expired" : null;
}

/** The refusal that an agent is told, by reason. */
export function refuseStanding(reason: StandingReason): Refusal {
  const { code, message, ...rest } = WORDS[reason];
  return new Refusal(code, message, { reason, ...rest });
}

/** The sentence that a page shows for a reason. */
export function standingSentence(reason: StandingReason): string {
  return WORDS[reason].message;
}

function revokedFor(reason: string | null): StandingReason {
  return reason === "connection_disconnected" || reason === "person_removed" ? reason : "grant_revoked";
}

/**
 * What a self-test comes to. `open` when anything was let through that should not be. `proven` when the SaaS answered at
 * least one read as it should and nothing is left in doubt that this grant rests on: with direct delivery the SaaS's own
 * refusals, since nobody else stands before it. Pure.
 */
export function judgeTest(evidence: readonly Evidence[], delivery: Standing["delivery"]): Proof["outcome"] {
  if (evidence.some((one) => one.outcome === "open")) return "open";
  const asked = evidence.filter((one) => one.by === "saas");
  const reads = asked.filter((one) => one.expected === "passes");
  const resting = delivery === "direct" ? asked : [...reads, ...evidence.filter((one) => one.by === "valet")];
  return reads.length > 0 && resting.every((one) => one.outcome === "as_expected") ? "proven" : "not_proven";
}

/**
 * The probes that keep a grant shut after a self-test, by label. What was found open must have been seen refused before the
 * grant opens again: a SaaS that does not answer lifts nothing. Pure.
 */
export function openAfter(before: readonly string[], evidence: readonly Evidence[]): string[] {
  const about = (label: string) => evidence.filter((one) => one.label === label);
  const still = before.filter((label) => about(label).length === 0 || about(label).some((one) => one.outcome !== "as_expected"));
  const found = evidence.filter((one) => one.outcome === "open").map((one) => one.label);
  return [...new Set([...still, ...found])];
}

/** A permission that was not used for so long is offered to be taken away. */
export const IDLE_DAYS = 14;
const DAY_MS = 86_400_000;

/** What a grant's record says of one of its scopes, or of a smaller one within it. */
export interface LastUse {
  readonly scope: string;
  readonly lastUsedAt: Date;
}

/** Whether a grant can shrink to what was used, and to what. */
export type Shrink =
  /** `unseen`: the SaaS sees the calls, Valet does not. `too_young`: lent for less than IDLE_DAYS. */
  | { readonly offer: "none"; readonly because: "unseen" | "too_young" | "never_used" | "all_used" }
  | { readonly offer: "narrow"; readonly keeps: readonly string[]; readonly loses: readonly string[] };

/**
 * The IDLE_DAYS rule: what was not needed by any call in that time may go, once the grant has been lent for as long. What
 * was used is kept under the name it was used by, which may be a smaller part of what was lent. Pure.
 */
export function planShrink(
  grant: Pick<Standing, "delivery" | "scopes"> & { readonly createdAt: Date },
  uses: readonly LastUse[],
  now: Date,
): Shrink {
  if (grant.delivery === "direct") return { offer: "none", because: "unseen" };
  const since = now.getTime() - IDLE_DAYS * DAY_MS;
  if (grant.createdAt.getTime() > since) return { offer: "none", because: "too_young" };
  const keeps = uses.filter(({ lastUsedAt }) => lastUsedAt.getTime() > since).map(({ scope }) => scope);
  const loses = grant.scopes.filter((scope) => !keeps.includes(scope));
  if (keeps.length === 0) return { offer: "none", because: "never_used" };
  return loses.length === 0 ? { offer: "none", because: "all_used" } : { offer: "narrow", keeps, loses };
}
