import type { Actor } from "../ctx";
import type { Prisma } from "../generated/prisma/client";

/** One hand in the chain, outermost (the principal) first. */
export interface ChainLink {
  readonly kind: Actor["kind"];
  readonly id: string;
  readonly name: string;
}

/** What a change says of itself; the verb fills in what it learns. */
export interface ChangeRow {
  /** What it was done to, in words: "Grant to Triage bot". Never a secret. */
  target: string;
  /** Whose record it is, when not the actor's own. */
  ownerId?: string | undefined;
  agentId?: string | undefined;
  grantId?: string | undefined;
  connectionId?: string | undefined;
  connector?: string | undefined;
  scopes?: string[] | undefined;
  reason?: string | undefined;
  reasonText?: string | undefined;
  detail?: Prisma.InputJsonObject | undefined;
}

/** Who stands in the row as principal, by kind of actor. */
export function principalOf(actor: Actor): string | null {
  switch (actor.kind) {
    case "person":
      return actor.personId;
    case "agent":
      return actor.ownerId;
    case "system":
      return null;
  }
}

/** The chain of somebody who acts for themself. */
export function chainOf(actor: Actor): ChainLink[] {
  switch (actor.kind) {
    case "person":
      return [{ kind: "person", id: actor.personId, name: actor.name }];
    case "agent":
      return [{ kind: "agent", id: actor.agentId, name: actor.name }];
    case "system":
      return [{ kind: "system", id: "valet", name: actor.name }];
  }
}
