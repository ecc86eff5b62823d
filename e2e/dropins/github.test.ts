import { graphql } from "@octokit/graphql";
import { Octokit } from "@octokit/rest";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { StrictApi } from "../fakes/strictApi";
import { type AtGitHub, startAtGitHub } from "./github";
import type { DropinValet } from "./valet";

const REPO = "/repos/marie/radium";
/** As GitHub spells it: by the number of the repository. */
const next = `<https://api.github.com/repositories/1296269/issues?page=2>; rel="next"`;

let at: AtGitHub;
let saas: StrictApi;
let valet: DropinValet;
beforeAll(async () => {
  at = await startAtGitHub([
    {
      method: "GET",
      path: new RegExp(`^${REPO}/issues$`),
      answer: ({ query }) =>
        query.get("page") === "2"
          ? { json: [{ number: 2, title: "Two" }] }
          : { headers: { link: next }, json: [{ number: 1, title: "One" }] },
    },
    { method: "POST", path: new RegExp(`^${REPO}/issues$`), answer: () => ({ status: 201, json: { number: 3 } }) },
    { method: "POST", path: /^\/graphql$/, answer: () => ({ json: { data: { viewer: { login: "marie" } } } }) },
  ]);
  ({ saas, valet } = at);
});
afterAll(() => at.close());

it("@octokit/rest reads all pages, and its write is refused in its own words", async () => {
  const lent = await valet.lend(["issues:read"]);
  const before = saas.calls.length;
  const octokit = new Octokit({ auth: lent.token, baseUrl: valet.base, log: SILENT });
  const repository = { owner: "marie", repo: "radium" };
  const issues = await octokit.paginate(octokit.rest.issues.listForRepo, repository);
  expect(issues.map(({ title }) => title)).toEqual(["One", "Two"]);
  const refused = await octokit.rest.issues.create({ ...repository, title: "Not lent" }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ name: "HttpError", status: 403, response: { data: { code: "not_allowed", reason: "outside_grant" } } });
  expect(
    saas.calls.slice(before).map(({ method, path, query, credential, foreign }) => [method, path + query, credential, foreign]),
  ).toEqual([
    ["GET", `${REPO}/issues`, "right", false],
    ["GET", `${REPO}/issues?page=2`, "right", false],
  ]);
  expect((await lent.rows()).at(-1)).toBe(`POST ${REPO}/issues: refused (outside_grant)`);
});

it("@octokit/graphql queries, and its mutation is refused in its own words", async () => {
  const lent = await valet.lend(["graphql:read"]);
  const before = saas.calls.length;
  const ask = graphql.defaults({ baseUrl: valet.base, headers: { authorization: `token ${lent.token}` } });
  expect(await ask("query($n: Int!) { viewer { login repositories(first: $n) { totalCount } } }", { n: 1 })).toEqual({
    viewer: { login: "marie" },
  });
  const mutation = "mutation($id: ID!) { closeIssue(input: { issueId: $id }) { clientMutationId } }";
  await expect(ask(mutation, { id: "1" })).rejects.toMatchObject({ name: "HttpError", status: 403 });
  expect(saas.calls.slice(before).map(({ path, credential, foreign }) => [path, credential, foreign])).toEqual([
    ["/graphql", "right", false],
  ]);
  expect((await lent.rows()).at(-1)).toMatch(/^POST \/graphql: refused/);
});

const nothing = () => undefined;
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing };
