import { describe, expect, it } from "vitest";
import { ceilingChoices, withinCeiling } from "./ceiling";
import { demo } from "./demo";
import { gitlab } from "./gitlab";
import { notion } from "./notion";

describe("a ceiling", () => {
  it("that is empty lets everything through", () => {
    expect(withinCeiling(demo, [], ["issues:write", "admin"])).toEqual(["issues:write", "admin"]);
  });

  it("lets through what it names, what is within that, and what says whose account it is", () => {
    expect(withinCeiling(demo, ["issues:write"], ["profile:read", "issues:read", "issues:comment", "issues:write", "admin"])).toEqual([
      "profile:read",
      "issues:comment",
      "issues:write",
    ]);
  });

  it("closes everything when none of its names is known any more", () => {
    expect(withinCeiling(gitlab, ["was_once_a_scope"], ["read_api", "api"])).toEqual([]);
  });

  it("is made of what the SaaS can be asked for: no protocol scopes, and none of Valet's own", () => {
    expect(ceilingChoices(gitlab).map(({ name }) => name)).toContain("read_api");
    expect(ceilingChoices(gitlab).some(({ protocol, virtual }) => protocol || virtual)).toBe(false);
    expect(ceilingChoices(notion)).toEqual([]);
  });
});
