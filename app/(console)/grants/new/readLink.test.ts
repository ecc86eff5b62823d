import { expect, it } from "vitest";
import { whatWasDropped } from "./readLink";

const KNOWN = {
  scopes: ["issues:read", "issues:write"],
  connectorName: "Demo Tracker",
  templates: ["read", "custom"],
  agentIds: ["agt_1"],
  connectionFound: true,
} as const;

it("says nothing of a link that fits, or of none", () => {
  expect(whatWasDropped({}, KNOWN)).toEqual([]);
  const fits = { agent: "agt_1", template: "read", scopes: "issues:read", lifetime: "7d", delivery: "gateway", consent: "separate" };
  expect(whatWasDropped({ ...fits, pattern: "own", review: "1" }, KNOWN)).toEqual([]);
});

it("says of each part that does not fit that it was left out, and never repeats what was sent", () => {
  const odd = { agent: "agt_of_others", template: "triage", lifetime: "10y", delivery: "fax", consent: "no", pattern: "theirs" };
  const told = whatWasDropped({ ...odd, scopes: ["issues:read", "<b>root</b>", "admin"] }, KNOWN);
  expect(told).toHaveLength(7);
  expect(told).toContain("It asks for 2 permissions that this account does not have at Demo Tracker. Left out.");
  for (const sent of [...Object.values(odd), "root"]) expect(told.join(" ")).not.toContain(`${sent} `);
});

it("takes a doubled parameter for an odd one", () => {
  for (const name of ["agent", "template", "lifetime", "delivery", "consent", "pattern"])
    expect(whatWasDropped({ [name]: ["agt_1", "read"] }, KNOWN)).toHaveLength(1);
});

it("does not measure by another account what was asked of one that is not there", () => {
  expect(whatWasDropped({ scopes: "repo", template: "triage" }, { ...KNOWN, connectionFound: false })).toEqual([]);
});
