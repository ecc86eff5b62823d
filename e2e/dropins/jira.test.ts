import { type Config, Version3Client } from "jira.js";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type StrictApi, startStrictApi } from "../fakes/strictApi";
import { type DropinValet, type Lent, startValet } from "./valet";

const client = { id: "jira-client", secret: "jira-secret" };
const SITE = "11111111-2222-3333-4444-555555555555";
const API = `/ex/jira/${SITE}/rest/api/3`;

let saas: StrictApi;
let valet: DropinValet;
let lent: Lent;
beforeAll(async () => {
  saas = await startStrictApi({
    client,
    tokenPath: "/oauth/token",
    tokenAnswer: ({ accessToken, refreshToken, scope }) => ({
      ...{ access_token: accessToken, refresh_token: refreshToken, scope, expires_in: 3600, token_type: "Bearer" },
    }),
    routes: [
      { method: "GET", path: /^\/me$/, answer: () => ({ json: { account_id: "a1", email: "ada@example.com", name: "Ada" } }) },
      {
        method: "GET",
        path: /^\/oauth\/token\/accessible-resources$/,
        answer: () => ({ json: [{ id: SITE, name: "acme", scopes: ["read:jira-work"] }] }),
      },
      {
        method: "GET",
        path: new RegExp(`^${API}/issue/RAD-1$`),
        answer: () => ({ json: { id: "1", key: "RAD-1", self: "x", fields: { summary: "Weigh it" } } }),
      },
      { method: "POST", path: new RegExp(`^${API}/search/jql$`), answer: () => ({ json: { issues: [{ id: "1", key: "RAD-1" }] } }) },
      { method: "POST", path: new RegExp(`^${API}/issue$`), answer: () => ({ status: 201, json: { id: "2", key: "RAD-2" } }) },
    ],
  });
  valet = await startValet(async () => ({
    connector: "jira",
    connected: ["read:jira-work", "write:jira-work"],
    client,
    hosts: { "auth.atlassian.com": saas.url, "api.atlassian.com": saas.url },
    consent: saas.consent,
  }));
  lent = await valet.lend(["read:jira-work"]);
});
afterAll(() => Promise.all([valet.close(), saas.close()]));

/** The two ways its users configure it: an access token of OAuth, or an e-mail address with an API token. */
const WAYS: [string, (token: string) => Config["authentication"]][] = [
  ["OAuth 2.0", (token: string) => ({ oauth2: { accessToken: token } })],
  ["an API token", (token: string) => ({ basic: { email: "ada@example.com", apiToken: token } })],
];

it.each(WAYS)("jira.js with %s reads, also by POST, and its write is refused in its own words", async (_way, authentication) => {
  const before = saas.calls.length;
  const jira = new Version3Client({ host: valet.base, authentication: authentication(lent.token) } as Config);
  expect((await jira.issues.getIssue({ issueIdOrKey: "RAD-1" })).fields.summary).toBe("Weigh it");
  const found = await jira.issueSearch.searchForIssuesUsingJqlEnhancedSearchPost({ jql: "project = RAD" });
  expect(found.issues?.map(({ key }) => key)).toEqual(["RAD-1"]);
  const fields = { summary: "Not lent", project: { key: "RAD" }, issuetype: { name: "Task" } };
  const refused = await jira.issues.createIssue({ fields }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ status: 403, cause: { response: { data: { reason: "outside_grant" } } } });

  const seen = saas.calls.slice(before);
  expect(seen.map(({ method, path, credential, foreign }) => [method, path, credential, foreign])).toEqual([
    ["GET", `${API}/issue/RAD-1`, "right", false],
    ["POST", `${API}/search/jql`, "right", false],
  ]);
  expect((await lent.rows()).at(-1)).toBe("POST /rest/api/3/issue: refused (outside_grant)");
});
