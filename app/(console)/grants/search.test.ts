import { expect, it } from "vitest";
import { addressOf, isFiltered, readAddress, searchOf } from "./search";

const NOTHING = { state: "open", access: undefined, connector: undefined, agent: undefined, q: undefined, everyone: false } as const;

it("keeps all of the list in its address", () => {
  const shown = { state: "over", access: "write", connector: "github", agent: "agt_1", q: "night bot", everyone: true } as const;
  const search = new URL(addressOf(shown, "abc.grt_1"), "http://valet.test").searchParams;
  expect(readAddress(Object.fromEntries(search))).toEqual(shown);
  expect(searchOf(shown, search.get("after") ?? undefined)).toMatchObject({ agentId: "agt_1", text: "night bot", cursor: "abc.grt_1" });
  expect(addressOf(NOTHING)).toBe("/grants");
});

it("filters by nothing where the address is odd", () => {
  expect(readAddress({ state: "gone", access: ["read"], connector: " ", agent: ["a", "b"], q: "", everyone: "yes" })).toEqual(NOTHING);
  expect(isFiltered(NOTHING)).toBe(false);
  expect(isFiltered({ ...NOTHING, q: "x" })).toBe(true);
});
