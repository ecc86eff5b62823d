import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type BreakerState,
  CLOSED,
  FAILURES_MAX,
  learn,
  mayAsk,
  type Outcome,
  PROBE_MS_MAX,
  retryAfter,
  TOLD_MS_MAX,
  WAIT_MS_MAX,
  WAIT_MS_MIN,
} from "./breaker";

const START = Date.parse("2026-03-02T09:00:00Z");
const down = (by: string | null = null): Outcome => ({ kind: "down", by });
const ALIVE: Outcome = { kind: "alive" };

const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.constant<Outcome>(ALIVE),
  fc.constant<Outcome>({ kind: "nothing" }),
  fc.constantFrom(null, "con_1", "con_2").map(down),
  fc.integer({ min: -1000, max: 10 * TOLD_MS_MAX }).map((ms): Outcome => ({ kind: "wait", until: START + ms })),
);
/** A step: time goes on, and one caller asks, or one that asked hears what came of it. */
const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 40_000 }), fc.option(outcome)), { maxLength: 60 });

/** Runs the steps, and shows each state with the time and with what it was before. */
function walk(of: readonly (readonly [number, Outcome | null])[], see: (before: BreakerState, state: BreakerState, now: number) => void) {
  let [state, now] = [CLOSED, START];
  for (const [ms, came] of of) {
    now += ms;
    const asked = mayAsk(state, now);
    const next = came ? learn(state, now, came) : "next" in asked ? asked.next : state;
    see(state, next, now);
    state = next;
  }
}

function shut(by: readonly (string | null)[] = Array(FAILURES_MAX).fill(null)): BreakerState {
  return by.reduce((state, one) => learn(state, START, down(one)), CLOSED);
}

describe("a breaker", () => {
  it("lets everybody ask until as many failures came in a row as it takes, and nobody after", () => {
    const almost = shut(Array(FAILURES_MAX - 1).fill(null));
    expect(mayAsk(almost, START)).toEqual({ next: almost });
    expect(mayAsk(learn(learn(almost, START, ALIVE), START, down()), START)).toHaveProperty("next");
    expect(mayAsk(shut(), START)).toEqual({ waitMs: WAIT_MS_MIN });
  });

  it("is not shut by one account's answers alone, however many: that account would shut it for all", () => {
    expect(mayAsk(shut(Array(50).fill("con_1")), START)).toHaveProperty("next");
    expect(mayAsk(shut([...Array(50).fill("con_1"), "con_2"]), START)).toEqual({ waitMs: WAIT_MS_MIN });
  });

  it("lets one try when the wait is over, and waits twice as long after each that fails, up to a bound", () => {
    let [state, now] = [shut(), START];
    for (const wait of [WAIT_MS_MIN, 10_000, 20_000, 40_000, WAIT_MS_MAX, WAIT_MS_MAX]) {
      expect(mayAsk(state, now + wait - 1)).toEqual({ waitMs: 1 });
      now += wait;
      const first = mayAsk(state, now);
      if (!("next" in first)) throw new Error("Nobody may try.");
      expect(mayAsk(first.next, now)).toEqual({ waitMs: 1_000 });
      expect(mayAsk(first.next, now + PROBE_MS_MAX)).toHaveProperty("next");
      state = learn(first.next, now, down());
    }
  });

  it("is open to all again as soon as one answer comes", () => {
    const asked = mayAsk(shut(), START + WAIT_MS_MIN) as { next: BreakerState };
    expect(learn(asked.next, START + WAIT_MS_MIN, ALIVE)).toEqual(CLOSED);
  });

  it("waits as long as it was told, whatever answers to earlier questions still come", () => {
    const told = learn(CLOSED, START, { kind: "wait", until: START + 30_000 });
    for (const came of [ALIVE, down(), { kind: "nothing" } as const]) {
      expect(mayAsk(learn(told, START + 1_000, came), START + 1_000)).toEqual({ waitMs: 29_000 });
    }
    expect(mayAsk(told, START + 30_000)).toHaveProperty("next");
  });

  it("never lets anybody ask before the time it has set, nor two at once after it", () => {
    fc.assert(
      fc.property(steps, (of) => {
        walk(of, (before, state, now) => {
          if (before.openSince === null) return;
          if (now < before.nextTryAt) expect(mayAsk(before, now)).toHaveProperty("waitMs");
          const asked = mayAsk(before, now);
          if ("next" in asked) expect(mayAsk(asked.next, now)).toHaveProperty("waitMs");
          expect(state.probingSince === null || state.probingSince <= now).toBe(true);
        });
      }),
    );
  });

  it("never waits longer than its bounds, and never stays shut for good", () => {
    fc.assert(
      fc.property(steps, (of) => {
        walk(of, (_, state, now) => {
          if (state.openSince === null) return;
          expect(state.nextTryAt - now).toBeLessThanOrEqual(state.told ? TOLD_MS_MAX : WAIT_MS_MAX);
          expect(mayAsk(state, Math.max(state.nextTryAt, (state.probingSince ?? 0) + PROBE_MS_MAX))).toHaveProperty("next");
        });
      }),
    );
  });

  it("is shut only after failures in a row, or when it was told to wait", () => {
    fc.assert(
      fc.property(steps, (of) => {
        walk(of, (before, state) => {
          if (before.openSince === null && state.openSince !== null) expect(state.told || state.failures >= FAILURES_MAX).toBe(true);
        });
      }),
    );
  });
});

describe("Retry-After", () => {
  it.each([
    ["7", START + 7_000],
    [" 7 ", START + 7_000],
    ["Mon, 02 Mar 2026 09:00:30 GMT", START + 30_000],
    ["999999999", START + TOLD_MS_MAX],
    ["Fri, 31 Dec 9999 23:59:59 GMT", START + TOLD_MS_MAX],
  ])("%s is a time ahead, in bounds", (text, at) => {
    expect(retryAfter(text, START)).toBe(at);
  });

  it.each([null, "", "0", "-5", "1e9", "7.5", "Mon, 02 Mar 2026 08:00:00 GMT", "soon", "9".repeat(40), `Mon${" ".repeat(100)}`])(
    "%j is none",
    (text) => {
      expect(retryAfter(text, START)).toBeNull();
    },
  );

  it("is never behind and never beyond its bound, whatever is sent", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const at = retryAfter(text, START);
        if (at !== null) expect(at > START && at <= START + TOLD_MS_MAX).toBe(true);
      }),
    );
  });
});
