import { describe, expect, it } from "vitest";
import { inWords } from "./moments";

const NOW = new Date("2026-11-22T12:00:00Z");
const after = (seconds: number) => inWords(new Date(NOW.getTime() + seconds * 1000), NOW);

describe("a moment in words", () => {
  it.each([
    [0, "just now"],
    [-59, "59 seconds ago"],
    [-90, "2 minutes ago"],
    [-3600, "1 hour ago"],
    [8 * 3600, "in 8 hours"],
    [8 * 3600 - 20, "in 8 hours"],
    [7 * 86_400, "in 7 days"],
    [-400 * 86_400, "1 year ago"],
  ])("%i seconds from now is %s", (seconds, words) => {
    expect(after(seconds)).toBe(words);
  });
});
