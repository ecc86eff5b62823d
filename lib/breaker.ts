/**
 * How one door of one SaaS stands: `failures` in a row while it is open to us, `nextTryAt` while nobody asks. Times are milliseconds.
 */
export interface BreakerState {
  readonly failures: number;
  /** Who met the first of them; null once they are not one account's alone. */
  readonly by: string | null;
  readonly openSince: number | null;
  readonly nextTryAt: number;
  /** How often a try after a wait failed again: the wait doubles with it. */
  readonly retries: number;
  /** Since when one caller tries whether it is back. */
  readonly probingSince: number | null;
  /** It said itself how long to wait: an answer to an earlier question does not shorten that. */
  readonly told: boolean;
}

/** What a question to it showed. `nothing`: the caller left, or nothing was sent. */
export type Outcome =
  | { readonly kind: "alive" | "nothing" }
  /** `by`: the account whose question it was, where the answer may be about that account alone. Null: it is about the SaaS. */
  | { readonly kind: "down"; readonly by: string | null }
  | { readonly kind: "wait"; readonly until: number };

export const CLOSED: BreakerState = {
  failures: 0,
  by: null,
  openSince: null,
  nextTryAt: 0,
  retries: 0,
  probingSince: null,
  told: false,
};

export const FAILURES_MAX = 5;
export const WAIT_MS_MIN = 5_000;
export const WAIT_MS_MAX = 60_000;
/** However long a SaaS says: it may have meant something else, and somebody looks within this. */
export const TOLD_MS_MAX = 15 * 60_000;
/** A try that says nothing for so long is lost: another one may. */
export const PROBE_MS_MAX = 90_000;

/** Whether one may ask now: the state after it, or how long to wait. Pure. */
export function mayAsk(state: BreakerState, now: number): { readonly next: BreakerState } | { readonly waitMs: number } {
  if (state.openSince === null) return { next: state };
  if (now < state.nextTryAt) return { waitMs: state.nextTryAt - now };
  if (state.probingSince !== null && now - state.probingSince < PROBE_MS_MAX) return { waitMs: 1_000 };
  return { next: { ...state, probingSince: now } };
}

/** What is known after an answer, or after none. Pure. */
export function learn(state: BreakerState, now: number, outcome: Outcome): BreakerState {
  switch (outcome.kind) {
    case "nothing":
      return { ...state, probingSince: null };
    case "alive":
      return state.told && now < state.nextTryAt ? state : CLOSED;
    case "wait":
      return waiting(state, now, Math.min(Math.max(outcome.until, state.told ? state.nextTryAt : 0), now + TOLD_MS_MAX));
    case "down":
      return failed(state, now, outcome.by);
  }
}

function waiting(state: BreakerState, now: number, until: number): BreakerState {
  if (until <= now) return { ...state, probingSince: null };
  return { ...state, openSince: state.openSince ?? now, nextTryAt: until, probingSince: null, told: true };
}

function failed(state: BreakerState, now: number, by: string | null): BreakerState {
  // Those who asked before it was shut tell nothing new; the one who tries does.
  if (state.openSince !== null && state.probingSince === null) return state;
  const failures = state.failures + 1;
  const alone = by !== null && (state.failures === 0 || state.by === by) ? by : null;
  if (state.openSince === null && (failures < FAILURES_MAX || alone !== null)) return { ...state, failures, by: alone };
  const retries = state.openSince === null ? 0 : state.retries + 1;
  const wait = Math.min(WAIT_MS_MIN * 2 ** Math.min(retries, 10), WAIT_MS_MAX);
  return { failures, by: alone, openSince: state.openSince ?? now, nextTryAt: now + wait, retries, probingSince: null, told: false };
}

/**
 * Until when an answer says to wait: `Retry-After` in seconds or as a date (RFC 9110 section 10.2.3), in milliseconds. Null when it
 * says nothing, or nothing that is ahead.
 */
export function retryAfter(header: string | null, now: number): number | null {
  const text = header?.trim() ?? "";
  if (text.length > 64) return null;
  const at = /^\d{1,9}$/.test(text) ? now + Number(text) * 1000 : /[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isFinite(at) && at > now ? Math.min(at, now + TOLD_MS_MAX) : null;
}
