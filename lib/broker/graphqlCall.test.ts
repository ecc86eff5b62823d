import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessToken, call, type Lent, lend, type World, world } from "../testing/builders";
import { type RefusedCall, refusedCalls } from "../testing/gateway";

let here: World;
let lent: Lent;
let token: string;
let refused: RefusedCall;
beforeAll(async () => {
  here = await world();
  lent = await lend(here, { delivery: "gateway", scopes: ["profile:read", "issues:read"] });
  token = await accessToken(here.core, lent);
  refused = refusedCalls(here, lent);
});
afterAll(() => here.close());

const graphql = (query: string, more: object = {}, init: RequestInit = {}) =>
  call(here.core, token, "/graphql", {
    method: "POST",
    body: JSON.stringify({ query, ...more }),
    ...init,
    headers: { "content-type": "application/json", ...(init.headers as Record<string, string>) },
  });

describe("a GraphQL call", () => {
  it("is forwarded when every root field is within the grant", async () => {
    const answer = await graphql(
      "query Q { viewer { login } again: issues(first: 1) { id } ...More } fragment More on Query { viewer { id } }",
    );
    expect(await answer.json()).toEqual({ data: { viewer: { login: "ada", id: "1" }, again: [{ id: 1 }] } });
  });

  it("is refused when it would change something, under whatever name it comes", async () => {
    const before = here.saas.control.data().issues.length;
    for (const query of [
      'mutation { createIssue(title: "x") { id } }',
      'mutation viewer { viewer: createIssue(title: "x") { id } }',
      'mutation { ...F } fragment F on Mutation { createIssue(title: "x") { id } }',
    ]) {
      await refused(() => graphql(query), 403, "not_allowed", "outside_grant");
    }
    expect(here.saas.control.data().issues.length).toBe(before);
  });

  it("is refused when it cannot be told what it does", async () => {
    const both = 'query A { viewer { id } } mutation B { createIssue(title: "x") { id } }';
    const unreadable = [
      () => graphql(both, { operationName: "A" }),
      () => graphql("{ viewer {"),
      () => graphql(""),
      () => graphql("{ viewer { id } }", { id: "stored" }),
      () => graphql("{ viewer { id } }", { extensions: { persistedQuery: {} } }),
      () => graphql("subscription { issues { id } }", { operationName: "x" }),
      () => graphql("{ viewer { id } }", {}, { body: '[{"query":"{ viewer { id } }"}]' }),
      () => graphql("{ viewer { id } }", {}, { body: '{"query":"{ viewer { id } }","query":"mutation { createIssue(title: 1) { id } }"}' }),
      () => graphql("{ viewer { id } }", {}, { headers: { "content-type": "text/plain" } }),
      () => graphql("{ viewer { id } }", {}, { headers: { "content-type": "application/graphql" } }),
    ];
    for (const work of unreadable) await refused(work, 403, "not_allowed", "graphql_unreadable");
  });

  it("is refused when a second document hides in the address", async () => {
    const path = `/graphql?query=${encodeURIComponent('mutation{createIssue(title:"x"){id}}')}`;
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: '{"query":"{ viewer { id } }"}' };
    await refused(() => call(here.core, token, path, init), 403, "not_allowed", "graphql_unreadable");
  });

  it("is refused when it is too large to judge", async () => {
    const big = `{ viewer { id } } # ${"x".repeat(1024 * 1024)}`;
    await refused(() => graphql(big), 413, "too_large", "body_too_large");
  });
});
