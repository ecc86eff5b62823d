import { expect, it } from "vitest";
import { moved } from "./picking";

it("goes round by arrows, and stops at the ends by pages", () => {
  expect([moved("ArrowDown", 0, 3), moved("ArrowDown", 2, 3), moved("ArrowUp", 0, 3)]).toEqual([1, 0, 2]);
  expect([moved("PageDown", 0, 20), moved("PageDown", 18, 20), moved("PageUp", 3, 20)]).toEqual([7, 19, 0]);
});

it("stays in a list that has become shorter, and moves nothing in an empty one or by another key", () => {
  expect([moved("ArrowDown", 40, 3), moved("ArrowUp", 40, 3)]).toEqual([0, 1]);
  expect([moved("ArrowDown", 0, 0), moved("a", 0, 3), moved("Enter", 0, 3)]).toEqual([null, null, null]);
});
