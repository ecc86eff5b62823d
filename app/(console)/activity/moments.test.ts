import { describe, expect, it } from "vitest";
import { momentWords, spanOfTime, tickWords } from "./moments";

const now = new Date("2026-11-25T10:00:00Z");
const at = (text: string) => new Date(text);

describe("moments of the chart", () => {
  it.each([
    ["2026-11-25T10:30:00Z", 1800, "10:30"],
    ["2026-11-25T10:30:05Z", 5, "10:30:05"],
    ["2026-11-25T00:00:00Z", 1800, "25 Nov"],
    ["2026-11-23T00:00:00Z", 7 * 86_400, "23 Nov"],
    ["2024-11-23T00:00:00Z", 91 * 86_400, "Nov 2024"],
  ])("%s in bars of %i seconds is marked %s", (moment, seconds, words) => expect(tickWords(at(moment), seconds)).toBe(words));

  it("have their year where it is another", () => {
    expect(momentWords(at("2026-11-25T09:05:00Z"), now)).toBe("25 Nov, 09:05");
    expect(momentWords(at("2025-11-25T09:05:00Z"), now)).toBe("25 Nov 2025, 09:05");
  });

  it.each([
    ["2026-11-25T10:30:00Z", "2026-11-25T11:00:00Z", "25 Nov, 10:30 to 11:00"],
    ["2026-11-24T22:00:00Z", "2026-11-25T00:00:00Z", "24 Nov, 22:00 to 25 Nov, 00:00"],
    ["2026-11-25T00:00:00Z", "2026-11-25T02:00:00Z", "25 Nov, 00:00 to 02:00"],
    ["2026-11-25T10:30:05Z", "2026-11-25T10:30:10Z", "25 Nov, 10:30:05 to 10:30:10"],
    ["2026-11-25T08:30:05Z", "2026-11-25T10:30:10Z", "25 Nov, 08:30 to 10:30"],
    ["2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z", "24 Nov"],
    ["2026-11-23T00:00:00Z", "2026-11-26T00:00:00Z", "23 Nov to 25 Nov"],
  ])("from %s to %s is said %s", (from, to, words) => expect(spanOfTime(at(from), at(to), now)).toBe(words));
});
