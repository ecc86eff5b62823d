import { expect, it } from "vitest";
import { claimFieldName, conditionsOfForm } from "./conditionsOfForm";

it("takes a condition per filled field and per line, and nothing else of the form", () => {
  const given = {
    agentId: "agt_1",
    name: "CI",
    [claimFieldName("repository_id")]: " 74 ",
    [claimFieldName("ref")]: "refs/heads/release/*",
    [claimFieldName("event_name")]: "push | schedule",
    [claimFieldName("environment")]: "  ",
    more: "actor_id = 5\n\n runner_environment=github-hosted \nbroken\nquery = a=b",
  };
  expect(conditionsOfForm(given)).toEqual([
    { claim: "repository_id", equals: "74" },
    { claim: "ref", startsWith: "refs/heads/release/" },
    { claim: "event_name", oneOf: ["push", "schedule"] },
    { claim: "actor_id", equals: "5" },
    { claim: "runner_environment", equals: "github-hosted" },
    { claim: "broken", equals: "" },
    { claim: "query", equals: "a=b" },
  ]);
  expect(conditionsOfForm({})).toEqual([]);
});
