import { describe, expect, it } from "vitest";
import { axisOf, laneOf, spanWords } from "./spans";

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

  it("stays inside, and is true to scale", () => {
    expect(laneOf(run, at(200), at(900))).toEqual({ left: 100, width: 0 });
    expect(laneOf(run, at(0), at(900))).toEqual({ left: 0, width: 100 });
    expect(laneOf(run, at(110), at(110.5))).toEqual({ left: 10, width: 0.5 });
    expect(laneOf({ startedAt: at(1), endedAt: at(1) }, at(1), at(1))).toEqual({ left: 0, width: 0 });
  });
});

describe("the axis of a run", () => {
  const words = (milliseconds: number) =>
    axisOf({ startedAt: new Date(0), endedAt: new Date(milliseconds) }).ticks.map((tick) => tick.words);

  it.each([
    [0, ["0", "1 ms"]],
    [40, ["0", "10 ms", "20 ms", "30 ms", "40 ms"]],
    [5_200, ["0", "2 s", "4 s"]],
    [100_000, ["0", "30 s", "1 min", "1 min 30 s"]],
    [26 * 3_600_000, ["0", "12 h", "24 h"]],
  ])("of %i ms counts in round steps", (length, ticks) => expect(words(length)).toEqual(ticks));

  it("has its marks where its lanes have them", () => {
    const { step, ticks } = axisOf(run(8));
    expect([step, ticks.map((tick) => tick.at)]).toEqual([25, [0, 25, 50, 75, 100]]);
  });

  function run(seconds: number) {
    return { startedAt: new Date(0), endedAt: new Date(seconds * 1000) };
  }
});
