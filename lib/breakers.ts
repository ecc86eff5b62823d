import { type BreakerState, CLOSED, learn, mayAsk, type Outcome } from "./breaker";
import type { Clock } from "./ctx";
import { Refusal } from "./errors";

/**
 * What is asked there. `tokens`: its token endpoint, `asks`: what else Valet itself asks, `calls`: what agents call through the gateway.
 * One may be well while another is not.
 */
export const DOORS = ["tokens", "asks", "calls"] as const;
export type Door = (typeof DOORS)[number];

export interface SaasDoor {
  /** The connector's id and name. */
  readonly connector: { readonly id: string; readonly name: string };
  readonly host: string;
  readonly door: Door;
}

export interface Outage extends SaasDoor {
  readonly since: Date;
  readonly nextTryAt: Date;
  /** `down`: it does not answer. `told`: it asked Valet to wait. */
  readonly why: "down" | "told";
}

/** Who is not asked because it is down: its callers are refused at once, and cost others nothing. One set per process. */
export interface Breakers {
  /** Refuses `upstream_failed` (`provider_resting`) while it is not asked. Takes no place: one who passes may still be refused by `through`. */
  requireOpen(at: SaasDoor): void;
  /**
   * Asks, and learns from what came of it.
   *
   * Refuses `upstream_failed` (`provider_resting`) at once, with how long to wait, while it is not asked.
   */
  through<T>(
    at: SaasDoor,
    ask: () => Promise<T>,
    judge: (came: { readonly answer: T } | { readonly error: unknown }) => Outcome,
  ): Promise<T>;
  /** Another process was told to wait. */
  toldElsewhere(at: SaasDoor, until: Date): void;
  outages(): readonly Outage[];
}

/** More would be a mistake: hosts come from connectors and from what each SaaS said of an account. */
const DOORS_MAX = 5_000;

/** @param changed hears of a door that was shut, is tried again later than was said, or is open again (null). */
export function createBreakers(clock: Clock, changed: (at: SaasDoor, outage: Outage | null) => void = () => undefined): Breakers {
  const states = new Map<string, { readonly at: SaasDoor; readonly state: BreakerState }>();
  const now = () => clock.now().getTime();
  const stateOf = (at: SaasDoor) => states.get(keyOf(at))?.state ?? CLOSED;

  function keep(at: SaasDoor, state: BreakerState): void {
    const before = stateOf(at);
    if (state.failures === 0 && state.openSince === null) states.delete(keyOf(at));
    else if (states.has(keyOf(at)) || states.size < DOORS_MAX) states.set(keyOf(at), { at, state });
    if (state.openSince !== before.openSince || state.nextTryAt !== before.nextTryAt) changed(at, outageOf(at, state));
  }

  return {
    requireOpen(at) {
      const answer = mayAsk(stateOf(at), now());
      if ("waitMs" in answer) throw resting(at, answer.waitMs);
    },
    async through(at, ask, judge) {
      const answer = mayAsk(stateOf(at), now());
      if ("waitMs" in answer) throw resting(at, answer.waitMs);
      keep(at, answer.next);
      try {
        const came = await ask();
        keep(at, learn(stateOf(at), now(), judge({ answer: came })));
        return came;
      } catch (error) {
        keep(at, learn(stateOf(at), now(), judge({ error })));
        throw error;
      }
    },
    toldElsewhere: (at, until) => keep(at, learn(stateOf(at), now(), { kind: "wait", until: until.getTime() })),
    outages: () => [...states.values()].flatMap(({ at, state }) => outageOf(at, state) ?? []),
  };
}

function keyOf({ connector, host, door }: SaasDoor): string {
  return `${connector.id} ${host} ${door}`;
}

function outageOf({ connector: { id, name }, host, door }: SaasDoor, state: BreakerState): Outage | null {
  if (state.openSince === null) return null;
  const [since, nextTryAt] = [new Date(state.openSince), new Date(state.nextTryAt)];
  return { connector: { id, name }, host, door, since, nextTryAt, why: state.told ? "told" : "down" };
}

function resting({ connector: { name } }: SaasDoor, waitMs: number): Refusal {
  return new Refusal("upstream_failed", `${name} is not answering just now, so nothing was asked of it. Valet tries it again soon.`, {
    reason: "provider_resting",
    next: `Wait as long as Retry-After says, then try again. What is not at ${name} works as ever.`,
    retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
  });
}
