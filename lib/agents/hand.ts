import type { Recall } from "../recall";

/** What a use wants to know of the agent whose hand it is. */
export interface Hand {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  /** Whether its tokens have to be bound to a key of its own. */
  readonly dpop: string;
}

const READ = `select id as key, id, name, owner_id as "ownerId", dpop, xmin::text as "v:agents" from agents where id = any($1)`;

/** Null when there is no such agent. */
export function readHand(recall: Recall, agentId: string): Promise<Readonly<Hand> | null> {
  return recall<Hand>("hand", READ, agentId);
}
