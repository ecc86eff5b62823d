import fc from "fast-check";
import { expect, it } from "vitest";
import type { Connector, Rule } from "../connectors/connector";
import { connectors, findConnector } from "../connectors/registry";
import { heldScopes } from "../connectors/scopes";
import { decideCall } from "./decide";
import { smallestScopes } from "./smallest";

const demo = findConnector("demo") as Connector;
const github = findConnector("github") as Connector;
const all = (connector: Connector) => connector.scopes.filter(({ protocol }) => !protocol).map(({ name }) => name);

it("names the narrowest scope that opens a call", () => {
  expect(smallestScopes(demo, all(demo), { method: "POST", path: "/api/issues/1/comments" })).toEqual(["issues:comment"]);
  expect(smallestScopes(demo, all(demo), { method: "DELETE", path: "/api/issues/1" })).toEqual(["issues:write"]);
  expect(smallestScopes(github, all(github), { method: "POST", path: "/repos/a/b/issues/1/comments" })).toEqual(["issues:comment"]);
});

it("names what each field of a GraphQL document needs, once", () => {
  const graphql = { kind: "query" as const, rootFields: ["issues", "viewer", "issues"] };
  expect(smallestScopes(demo, all(demo), { method: "POST", path: "/graphql", graphql })).toEqual(["profile:read", "issues:read"]);
});

it("keeps to what it may choose from", () => {
  const call = { method: "POST", path: "/api/issues/1/comments" };
  expect(smallestScopes(demo, heldScopes(demo, ["issues:write"]), call)).toEqual(["issues:comment"]);
  expect(smallestScopes(demo, ["issues:read"], call)).toBeNull();
});

it("names none where no grant would do: an exception, or a call that no rule knows", () => {
  expect(smallestScopes(demo, all(demo), { method: "PUT", path: "/api/issues/1" })).toBeNull();
  const excepted = { ...demo, exceptions: [{ methods: ["DELETE"], path: "/api/issues/*", why: "Never." }] };
  expect(smallestScopes(excepted, all(demo), { method: "DELETE", path: "/api/issues/1" })).toBeNull();
});

const ruleOf = fc.constantFrom(
  ...connectors.flatMap((connector) => connector.scopes.flatMap(({ opens }) => opens.map((rule) => [connector, rule] as const))),
);

function callOf(rule: Rule) {
  const path = rule.path.replaceAll("**", "x/y").replaceAll("*", "x");
  const graphql = rule.graphql ? { graphql: { kind: rule.graphql, rootFields: [...(rule.rootFields ?? ["anything"])] } } : {};
  return { method: rule.methods[0] ?? "GET", path, ...graphql };
}

it("always names a grant that the gateway would let the call through with, and no part of it less", () => {
  fc.assert(
    fc.property(ruleOf, ([connector, rule]) => {
      const call = callOf(rule);
      const names = smallestScopes(connector, heldScopes(connector, all(connector)), call);
      if (names === null) return decideCall(connector, all(connector), call).verdict === "deny";
      const opens = (scopes: string[]) => decideCall(connector, scopes, call).verdict === "allow";
      return opens(names) && names.every((name) => !opens(names.filter((other) => other !== name)));
    }),
    { numRuns: 2000 },
  );
});
