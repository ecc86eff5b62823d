import fc from "fast-check";
import { expect, test } from "vitest";
import { isId, newId } from "./ids";

const at = new Date("2026-03-02T09:00:00.000Z");

test("an id is its prefix and 26 characters of lower-case Crockford base32", () => {
  expect(newId("agt", at)).toMatch(/^agt_[0-9a-hjkmnp-tv-z]{26}$/);
});

test("ids of later instants sort after ids of earlier ones", () => {
  const instant = fc.integer({ min: 0, max: 2 ** 47 });
  fc.assert(
    fc.property(instant, instant, (left, right) => {
      fc.pre(left < right);
      expect(newId("use", new Date(left)) < newId("use", new Date(right))).toBe(true);
    }),
  );
});

test("the instant is the first ten characters, whatever is random", () => {
  expect(newId("grt", at).slice(4, 13)).toBe(newId("grt", at).slice(4, 13));
});

test("ten thousand ids of one instant are all different", () => {
  expect(new Set(Array.from({ length: 10_000 }, () => newId("chg", at))).size).toBe(10_000);
});

test("every new id is one of its kind, and of no other", () => {
  expect(isId("con", newId("con", at))).toBe(true);
  expect(isId("grt", newId("con", at))).toBe(false);
});

test.each([
  ["nothing", undefined],
  ["a number", 7],
  ["a list that spells one", ["agt_01kjpt2v000000000000000000"]],
  ["upper case", "agt_01KJPT2V000000000000000000"],
  ["a letter that is not in the alphabet", "agt_01kjpt2v00000000000000000u"],
  ["too short", "agt_01kjpt2v0000000000000000"],
  ["a line break at the end", "agt_01kjpt2v000000000000000000\n"],
  ["SQL behind it", "agt_01kjpt2v000000000000000000' or 1=1"],
])("%s is not an id", (_what, text) => {
  expect(isId("agt", text)).toBe(false);
});
