import type { UseRow } from "../activity/ledger";
import type { AgentActor, Core } from "../ctx";
import type { Basis } from "../recall";
import type { Authority } from "./authority";

/** What a request came to that was admitted. Nothing of the request is kept: it is found by the digest of its words. */
export interface Decision {
  readonly caller: AgentActor;
  readonly authority: Authority;
  readonly scopes: readonly string[];
  readonly narrowedBy: Authority["narrowedBy"];
  /** What its row has that the next one has too. */
  readonly row: Partial<UseRow>;
  /** The very rows that it rests on: the gate compares. */
  readonly basis: Basis;
  /** From this instant on it is made anew, whether anything has changed or not. */
  readonly until: Date;
}

/** Decisions that one process keeps. */
const DECISIONS_MAX = 10_000;
/** Per process: `flights` is what every copy of one core shares. */
const kept = new WeakMap<Core["flights"], Map<string, Decision>>();

/** What the same words came to before; null where it has to be decided. It gives nothing by itself: the gate asks whether all of it still stands. */
export function decidedBefore(core: Core, sent: string): Decision | null {
  const known = kept.get(core.flights)?.get(sent);
  return known && core.clock.now() < known.until ? known : null;
}

/** @param sent SHA-256 of all the words that were sent, the proof among them. */
export function keepDecision(core: Core, sent: string, decision: Decision): void {
  const decisions = kept.get(core.flights) ?? new Map<string, Decision>();
  kept.set(core.flights, decisions);
  decisions.delete(sent);
  decisions.set(sent, decision);
  const [oldest] = decisions.size > DECISIONS_MAX ? decisions.keys() : [];
  if (oldest !== undefined) decisions.delete(oldest);
}

export function forgetDecision(core: Core, sent: string): void {
  kept.get(core.flights)?.delete(sent);
}

/** What of a row says what was decided, and nothing of the single use. */
export function rowOfDecision(row: UseRow): Partial<UseRow> {
  const { acting, personId, agentId, ownerId, grantId, connectionId, connector } = row;
  const { target, scopes, delivery, narrowedBy, pattern, chain, credentialId } = row;
  return {
    ...{ acting, personId, agentId, ownerId, grantId, connectionId, connector },
    ...{ target, scopes, delivery, narrowedBy, pattern, chain, credentialId },
  };
}
