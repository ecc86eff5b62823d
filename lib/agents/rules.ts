import type { Actor, PersonActor } from "../ctx";
import { notFound } from "../errors";

export const AGENT_NAME_CHARACTERS_MAX = 60;
export const AGENT_PURPOSE_CHARACTERS_MAX = 280;

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
