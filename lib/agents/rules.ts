import type { Actor, PersonActor } from "../ctx";
import { notFound, Refusal } from "../errors";

export const AGENT_NAME_CHARACTERS_MAX = 60;
export const AGENT_PURPOSE_CHARACTERS_MAX = 280;

/** Of one agent, live at once. */
export const CREDENTIALS_MAX = 20;
export const CREDENTIAL_NAME_CHARACTERS_MAX = 60;

/** `issuer_disabled`: of a workload whose issuer an admin switched off. */
export type CredentialState = "live" | "secrets_banned" | "issuer_disabled" | "ended" | "revoked";

/** Whether a credential proves its agent at this moment, or why not. */
export function credentialState(
  credential: {
    readonly kind: string;
    readonly revokedAt: Date | null;
    readonly expiresAt: Date | null;
    readonly issuer: { readonly disabledAt: Date | null } | null;
  },
  { now, secretsBanned }: { readonly now: Date; readonly secretsBanned: boolean },
): CredentialState {
  if (credential.revokedAt) return "revoked";
  if (credential.expiresAt && credential.expiresAt <= now) return "ended";
  if (credential.kind === "secret" && secretsBanned) return "secrets_banned";
  return credential.kind === "workload" && (!credential.issuer || credential.issuer.disabledAt) ? "issuer_disabled" : "live";
}

/** Both may do the same; the agent stands while either does. */
export interface Owners {
  readonly ownerId: string;
  readonly secondOwnerId: string | null;
}

/** Everybody who answers for an agent: the sponsor for why it exists, and may look. */
export interface Answering extends Owners {
  readonly sponsorId: string | null;
}

/** What is asked to change about that. Left out: as it is. Null: nobody. */
export type AnsweringIds = { readonly [Part in keyof Answering]?: string | null };

/**
 * Who answers for an agent after a change. Without an owner the second owner takes the place; a second owner who becomes the owner
 * leaves theirs free.
 *
 * @throws Refusal `conflict` when nobody would own it, `invalid_request` when both owners would be one person.
 */
export function planOwners(before: Answering, asked: AnsweringIds): Answering {
  const sponsorId = asked.sponsorId === undefined ? before.sponsorId : asked.sponsorId;
  const second = asked.secondOwnerId === undefined ? before.secondOwnerId : asked.secondOwnerId;
  const ownerId = asked.ownerId === undefined ? before.ownerId : (asked.ownerId ?? second);
  if (ownerId === null) throw noOwner();
  const moved = asked.ownerId === null || (asked.ownerId === second && asked.secondOwnerId === undefined);
  const secondOwnerId = moved ? null : second;
  if (ownerId === secondOwnerId) throw sameOwner();
  return { ownerId, secondOwnerId, sponsorId };
}

function noOwner(): Refusal {
  return new Refusal("conflict", "An agent has an owner. Name another one instead.", { reason: "last_owner" });
}

function sameOwner(): Refusal {
  const sentence = "The second owner has to be somebody else than the owner.";
  return new Refusal("invalid_request", sentence, { reason: "same_owner", fields: { secondOwner: sentence } });
}

/** Whether somebody is one of its owners. */
export function owns(personId: string, { ownerId, secondOwnerId }: Owners): boolean {
  return personId === ownerId || personId === secondOwnerId;
}

/** Who may change an agent: its owners, and admins. */
export function mayRun(actor: Actor, agent: Owners): boolean {
  return actor.kind === "person" && (owns(actor.personId, agent) || actor.role === "admin");
}

/** Who may see all of an agent: its owners, its sponsor, admins and auditors. */
export function maySee(actor: PersonActor, agent: Answering): boolean {
  return owns(actor.personId, agent) || actor.personId === agent.sponsorId || actor.role === "admin" || actor.role === "auditor";
}

/** @throws Refusal `not_found`, the same for an agent that is not there and one of somebody else. */
export function requireRun<A extends Owners>(actor: Actor, agent: A | null | undefined): A {
  if (!agent || !mayRun(actor, agent)) throw notFound("agent");
  return agent;
}
