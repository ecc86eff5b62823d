import { expect, test } from "vitest";
import { takePlace } from "./places";

test("a name has so many places, each until it is left, and no other name's", () => {
  const core = { flights: new Map() };
  const first = takePlace(core, "ada", 2);
  const second = takePlace({ ...core }, "ada", 2);
  expect([first === null, second === null, takePlace(core, "ada", 2), takePlace(core, "linus", 1) === null]).toEqual([
    false,
    false,
    null,
    false,
  ]);
  first?.();
  expect(takePlace(core, "ada", 2)).not.toBeNull();
  expect(takePlace({ flights: new Map() }, "ada", 1), "another process's are its own").not.toBeNull();
});
