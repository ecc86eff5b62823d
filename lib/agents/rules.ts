import type { Actor, PersonActor } from "../ctx";
import { notFound } from "../errors";

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

/** Who may change an agent: its owner, and admins. */
export function mayRun(actor: Actor, agent: { readonly ownerId: string }): boolean {
  return actor.kind === "person" && (actor.personId === agent.ownerId || actor.role === "admin");
}

/** Who may see all of an agent: its owner, admins and auditors. */
export function maySee(actor: PersonActor, agent: { readonly ownerId: string }): boolean {
  return actor.personId === agent.ownerId || actor.role === "admin" || actor.role === "auditor";
}

/** @throws Refusal `not_found`, the same for an agent that is not there and one of somebody else. */
export function requireRun<A extends { readonly ownerId: string }>(actor: Actor, agent: A | null | undefined): A {
  if (!agent || !mayRun(actor, agent)) throw notFound("agent");
  return agent;
}
