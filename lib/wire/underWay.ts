import { Refusal } from "../errors";
import { CALLS_UNDER_WAY_MAX, QUERIES_WAITING_MAX, REQUESTS_UNDER_WAY_MAX, RETRY_AFTER_SECONDS } from "./wireLimits";

export interface UnderWayLimits {
  readonly requests: number;
  readonly calls: number;
  readonly queriesWaiting: number;
}

/** Who is let in while others are under way. Pages are not counted here: the console answers when agents are too many. */
export interface UnderWay {
  /** A place for one request, which its taker leaves when it has ended. Null when there is none. */
  enter(path: string): (() => void) | null;
}

const LIMITS = { requests: REQUESTS_UNDER_WAY_MAX, calls: CALLS_UNDER_WAY_MAX, queriesWaiting: QUERIES_WAITING_MAX };
/** Whoever watches a Valet that has too much to do must be answered. */
const ALWAYS = new Set(["/healthz", "/readyz", "/metrics"]);

/** @param queriesWaiting how many queries wait for a connection to the database now. */
export function countUnderWay(queriesWaiting: () => number, limits: UnderWayLimits = LIMITS): UnderWay {
  const counts = { requests: 0, calls: 0 };
  return {
    enter(path) {
      if (ALWAYS.has(path)) return () => undefined;
      const kind = path.startsWith("/proxy/") ? "calls" : "requests";
      if (counts[kind] >= limits[kind] || queriesWaiting() >= limits.queriesWaiting) return null;
      counts[kind] += 1;
      return () => {
        counts[kind] -= 1;
      };
    },
  };
}

/** Told before anything is read of a request: nothing was done, and there is no row. */
export function tooMuchUnderWay(): Refusal {
  const message = "Valet has more under way than it can answer well, so nothing was done. Try again in a moment.";
  return new Refusal("unavailable", message, { reason: "overloaded", retryAfterSeconds: RETRY_AFTER_SECONDS });
}

/** Told to whoever comes by a connection of before while this process ends. */
export function stopping(): Refusal {
  const message = "This Valet is stopping and takes nothing new. Try again: another one answers, or this one when it is back.";
  return new Refusal("unavailable", message, { reason: "stopping", retryAfterSeconds: RETRY_AFTER_SECONDS });
}
