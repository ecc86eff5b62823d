import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Saas } from "./saas";
import { call, startTestSaas } from "./testSaas";

let saas: Saas;
beforeAll(async () => {
  saas = await startTestSaas();
});
beforeEach(() => saas.reset());
afterAll(() => saas.close());

const give = (...scopes: string[]) => saas.control.issue({ login: "ada", scopes }).accessToken;
const json = (body: unknown, method = "POST"): RequestInit => ({ method, body: JSON.stringify(body) });

describe("graphql", () => {
  const ask = async (token: string, query: string, more: object = {}) => {
    const response = await call(saas, token, "/graphql", json({ query, ...more }));
    return [response.status, await response.json()];
  };

  it("answers queries and does mutations", async () => {
    const token = give("profile:read", "issues:read", "issues:write");
    const query = "query($n: Int) { me: viewer { login } issues(first: $n) { ...I } } fragment I on Issue { id title }";
    const title = "Invoices show last month's VAT rate";
    expect(await ask(token, query, { variables: { n: 1 } })).toEqual([200, { data: { me: { login: "ada" }, issues: [{ id: 1, title }] } }]);
    const made = await ask(token, 'mutation { createIssue(title: "Made") { id author } }');
    expect(made).toEqual([200, { data: { createIssue: { id: 13, author: "ada" } } }]);
  });

  it("refuses what the scopes do not cover before anything happens, also inside a fragment", async () => {
    const token = give("issues:read");
    const write = [403, { error: "insufficient_scope", scope: "issues:write" }];
    expect(await ask(token, 'mutation { createIssue(title: "No") { id } }')).toEqual(write);
    const hidden = 'mutation { ...F } fragment F on Mutation { a: createIssue(title: "No") { id } }';
    expect(await ask(token, hidden)).toEqual(write);
    const several = 'query A { issues { id } } mutation B { createIssue(title: "No") { id } }';
    expect(await ask(token, several, { operationName: "B" })).toEqual(write);
    expect((await ask(token, several, { operationName: "A" }))[0]).toBe(200);
    expect(saas.control.data().issues).toHaveLength(12);
  });

  it("answers 200 with errors when the document is wrong", async () => {
    const [status, body] = await ask(give("issues:read"), "{ secrets }");
    expect([status, body.errors[0].message]).toEqual([200, 'Cannot query field "secrets" on type "Query".']);
  });
});
