import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Core } from "./ctx";
import { createSweeps, type Sweep, sweepRegularly } from "./sweeps";
import { testClock } from "./testing/clock";
import { testLog } from "./testing/log";

const clock = testClock();
let core: Core;
let done: string[];
beforeEach(() => {
  // The minute alone is held: what is done in it runs as always.
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  core = { sweeps: createSweeps(clock, testLog()) } as Core;
  done = [];
});
afterEach(() => {
  vi.useRealTimers();
});

const work = (name: string, how: (stopping: AbortSignal) => Promise<unknown> = async () => undefined): Sweep => [
  name,
  (_, stopping) => {
    done.push(name);
    return how(stopping);
  },
];

/** A work that ends when it is told to. */
function lasting() {
  const held: { end: () => void } = { end: () => undefined };
  const ended = new Promise<void>((resolve) => {
    held.end = resolve;
  });
  return { how: () => ended, end: () => held.end() };
}

it("does all of it at once, one after another, and again each minute; what fails keeps nothing else from being done", async () => {
  const regular = sweepRegularly(core, [work("one"), work("two", () => Promise.reject(new TypeError("x"))), work("three")]);
  await vi.waitFor(() => expect(done).toEqual(["one", "two", "three"]));
  await vi.waitFor(() => expect(core.sweeps.results().map(({ failure }) => failure)).toEqual([null, "TypeError", null]));
  vi.advanceTimersByTime(60_000);
  await vi.waitFor(() => expect(done).toHaveLength(6));
  await regular.stop();
  vi.advanceTimersByTime(600_000);
  expect(done).toHaveLength(6);
});

it("does not begin anew while a turn is under way, and says what that is, since when", async () => {
  const { how, end } = lasting();
  const since = clock.now();
  const regular = sweepRegularly(core, [work("long", how)]);
  clock.advance({ minutes: 11 });
  vi.advanceTimersByTime(660_000);
  expect([done, core.sweeps.underWay()]).toEqual([["long"], { name: "long", since }]);
  end();
  await regular.stop();
  expect([core.sweeps.underWay(), core.sweeps.results()]).toEqual([null, [{ name: "long", at: clock.now(), failure: null }]]);
});

it("stops when what is under way has ended, which is told so, and begins nothing more", async () => {
  const { how, end } = lasting();
  let told: AbortSignal | undefined;
  const first = work("first", (stopping) => {
    told = stopping;
    return how();
  });
  const regular = sweepRegularly(core, [first, work("second")]);
  let stopped = false;
  const stopping = regular.stop().then(() => (stopped = true));
  await Promise.resolve();
  expect([told?.aborted, stopped]).toEqual([true, false]);
  end();
  await stopping;
  expect(done).toEqual(["first"]);
});
