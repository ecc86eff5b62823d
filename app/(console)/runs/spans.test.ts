import { describe, expect, it } from "vitest";
import { laneOf, spanWords } from "./spans";

describe("a span of time", () => {
  it.each([
    [0, "0 ms"],
    [999, "999 ms"],
    [1000, "1 s"],
    [2540, "2.5 s"],
    [60_000, "1 min"],
    [200_900, "3 min 20 s"],
    [3_600_000, "1 h"],
    [7_500_000, "2 h 5 min"],
  ])("of %i ms is said as %s", (milliseconds, words) => expect(spanWords(milliseconds)).toBe(words));
});

describe("where something lies within a run", () => {
  const at = (seconds: number) => new Date(seconds * 1000);
  const run = { startedAt: at(100), endedAt: at(200) };

  it("is told in percent from its start", () => {
    expect(laneOf(run, at(125), at(150))).toEqual({ left: 25, width: 25 });
  });

  it("stays inside, and is always wide enough to be seen", () => {
    expect(laneOf(run, at(200), at(900))).toEqual({ left: 98.5, width: 1.5 });
    expect(laneOf(run, at(0), at(900))).toEqual({ left: 0, width: 100 });
    expect(laneOf({ startedAt: at(1), endedAt: at(1) }, at(1), at(1))).toEqual({ left: 0, width: 1.5 });
  });
});
