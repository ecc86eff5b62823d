import { describe, expect, it } from "vitest";
import { readTab, tabHref, tabOfAnchor } from "./tabs";

describe("the parts of an agent's page", () => {
  it("are read from the address; what is none of them is the first", () => {
    expect(readTab("settings")).toBe("settings");
    for (const given of [undefined, "", "nothing", "__proto__", ["settings", "activity"]]) expect(readTab(given)).toBe("access");
  });

  it("have addresses of their own, with a heading on them", () => {
    expect(tabHref("agt_1", "access")).toBe("/agents/agt_1");
    expect(tabHref("agt_1", "credentials", "proofs")).toBe("/agents/agt_1?tab=credentials#proofs");
  });

  it("are found by the headings that older links name", () => {
    expect([tabOfAnchor("proofs"), tabOfAnchor("answering"), tabOfAnchor("now"), tabOfAnchor("constructor")]).toEqual([
      "credentials",
      "settings",
      null,
      null,
    ]);
  });
});
