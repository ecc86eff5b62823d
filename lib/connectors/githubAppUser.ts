import { readFlatAccount } from "./account";
import type { Access, Connector, ConnectorScope, Rule } from "./connector";
import { github } from "./github";
import { linkExceptions, linkSpellings } from "./githubLinks";
import { partsOfARepository } from "./githubParts";
import { githubPermissions } from "./githubPermissions";
import { ownRepositories, repositoryKind } from "./githubRepository";
import { judged, mustRead, mustReadByPost } from "./probes";
import { posts, reads, rules } from "./rules";

const REPO = "/repos/*/*";

/** GitHub counts these two among pull requests, not code. */
const OF_PULLS = [`${REPO}/commits/*/pulls`, `${REPO}/pulls/*/update-branch`];

/** The requests of one part of a repository: the same for an OAuth App and a GitHub App. */
const part = (name: string): readonly Rule[] =>
  (partsOfARepository.find((scope) => scope.name === name)?.opens ?? []).filter((rule) => !OF_PULLS.includes(rule.path));

/**
 * GitHub has no scopes here: what a token may do was settled when the app was registered, and no answer says it. So these
 * are named like GitHub's permissions, every connection counts as holding them all, and the gateway keeps an agent to its own.
 */
function permission(name: string, label: string, access: Access, opens: readonly Rule[], ...contains: string[]): ConnectorScope {
  return { name, label, access, virtual: true, opens, ...(contains.length > 0 ? { contains } : {}) };
}

const SCOPES: readonly ConnectorScope[] = [
  permission("profile:read", "Read your profile", "read", reads("/user", "/users/*")),
  permission("emails:read", "Read your e-mail addresses", "read", reads("/user/emails", "/user/public_emails")),
  permission(
    "metadata:read",
    "Read names and settings of your repositories",
    "read",
    reads(
      ...[REPO, "/user/repos", "/users/*/repos", "/orgs/*/repos", "/search/repositories", "/search/topics"],
      ...["/user/installations", "/user/installations/*/repositories", `${REPO}/languages`, `${REPO}/contributors`],
      ...[`${REPO}/topics`, `${REPO}/stats/*`, `${REPO}/forks`, `${REPO}/stargazers`, `${REPO}/subscribers`, `${REPO}/collaborators`],
    ),
  ),
  permission("members:read", "Read members and teams of your organizations", "read", [
    ...reads("/user/orgs", "/user/teams", "/orgs/*", "/orgs/*/members", "/orgs/*/members/*", "/orgs/*/teams", "/orgs/*/teams/**"),
  ]),
  permission("contents:read", "Read code, branches and releases", "read", part("code:read")),
  permission("issues:read", "Read issues", "read", part("issues:read")),
  permission("pull_requests:read", "Read pull requests and reviews", "read", [...part("pulls:read"), ...reads(`${REPO}/commits/*/pulls`)]),
  permission("statuses:read", "Read commit statuses", "read", part("statuses:read")),
  permission("checks:read", "Read checks", "read", [
    ...reads(`${REPO}/commits/*/check-runs`, `${REPO}/commits/*/check-suites`, `${REPO}/check-runs/**`, `${REPO}/check-suites/**`),
  ]),
  permission("actions:read", "Read workflow runs", "read", [
    ...reads(`${REPO}/actions/runs`, `${REPO}/actions/runs/**`, `${REPO}/actions/jobs/*`, `${REPO}/actions/artifacts`),
    ...reads(`${REPO}/actions/artifacts/*`, `${REPO}/actions/workflows`, `${REPO}/actions/workflows/**`),
  ]),
  permission("graphql:read", "Read anything this app can read, through GraphQL", "read", [
    { methods: ["POST"], path: "/graphql", graphql: "query" },
  ]),
  permission("issues:comment", "Comment on issues and pull requests", "write", part("issues:comment"), "issues:read"),
  permission("issues:write", "Change issues", "write", part("issues:write"), "issues:comment"),
  permission(
    "pull_requests:write",
    "Open, change and review pull requests",
    "write",
    [...part("pulls:write"), ...rules(["PUT"], `${REPO}/pulls/*/update-branch`)],
    "pull_requests:read",
  ),
  // A commit may hold a workflow file, no path says so, and nobody says whether this app may write those.
  permission(
    "contents:write",
    "Change code, workflow files, branches and releases, and merge",
    "write",
    part("code:write"),
    "contents:read",
  ),
  permission("statuses:write", "Set commit statuses", "write", posts(`${REPO}/statuses/*`), "statuses:read"),
  permission("actions:write", "Start, stop and repeat workflow runs", "write", part("actions:write"), "actions:read"),
  // Deleting a repository is within GitHub's permission of this name and stays shut.
  permission(
    "administration:write",
    "Change settings of your repositories",
    "admin",
    [...rules(["PATCH"], REPO), ...rules(["PUT"], `${REPO}/topics`)],
    "metadata:read",
  ),
];

export const githubAppUser: Connector = {
  id: "github-app",
  name: "GitHub App",
  summary: "Repositories that a GitHub App was installed on, as the person.",
  tile: { letters: "GA", color: "#24292f" },
  docsUrl:
    "https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app",
  oauth: github.oauth,
  tokens: {
    accessSeconds: 28_800,
    refresh: "rotating",
    narrowing: { how: "github_scoped", permissions: githubPermissions },
    refreshKillsAccess: true,
    refreshIdleDays: 180,
  },
  revocation: {
    how: "github",
    url: "https://api.github.com/applications/{client_id}/token",
    // Token and refresh token are issued as one, and GitHub does not say that the refresh token outlives the other.
    reach: "connection",
    note: "GitHub ends the token. The app stays on the person's list of authorized apps until they remove it there.",
  },
  account: { method: "GET", url: "https://api.github.com/user", read: (body) => readFlatAccount(body, "id", ["login"]) },
  api: { baseUrl: "https://api.github.com", graphqlPath: "/graphql", linkSpellings },
  scopes: SCOPES,
  exceptions: linkExceptions,
  probes: [
    mustRead("profile:read", "Read your profile", "/user"),
    mustRead("emails:read", "Read your e-mail addresses", "/user/emails"),
    mustRead("metadata:read", "List your repositories", "/user/repos?per_page=1"),
    mustRead("members:read", "List your organizations", "/user/orgs?per_page=1"),
    mustRead("issues:read", "Read issues", "/issues?per_page=1"),
    mustReadByPost("graphql:read", "Read through GraphQL", "/graphql", { query: "{ viewer { login } }" }),
    judged("issues:comment", "Comment on an issue", "POST", "/repos/-/-/issues/0/comments"),
    judged("issues:write", "Create an issue", "POST", "/repos/-/-/issues"),
    judged("pull_requests:write", "Open a pull request", "POST", "/repos/-/-/pulls"),
    judged("contents:write", "Change a file", "PUT", "/repos/-/-/contents/README.md"),
    judged("statuses:write", "Set a commit status", "POST", "/repos/-/-/statuses/0"),
    judged("actions:write", "Repeat a workflow run", "POST", "/repos/-/-/actions/runs/0/rerun"),
    judged("administration:write", "Change a repository's settings", "PATCH", "/repos/-/-"),
  ],
  resources: [
    repositoryKind(
      [
        ...["metadata:read", "contents:read", "issues:read", "pull_requests:read", "statuses:read", "checks:read", "actions:read"],
        ...["issues:comment", "issues:write", "pull_requests:write", "contents:write", "statuses:write", "actions:write"],
        "administration:write",
      ],
      ["profile:read", "emails:read"],
      ownRepositories(["metadata:read"]),
    ),
  ],
  unverified: [
    "Whether a token made narrower through /applications/{client_id}/token/scoped ends when its parent is refreshed: taken to, so none is handed out.",
    "That a token with contents:write alone cannot change workflow files: said otherwise to the person.",
    "How long a refresh token lives: about six months.",
    "That an app's tokens expire, which its registration decides: a token that the answer gives no end is not handed out.",
    "That archive, artifact and log downloads answer with a pre-signed link: refused either way.",
  ],
};
