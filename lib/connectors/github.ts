import { readFlatAccount } from "./account";
import type { Connector, ConnectorScope } from "./connector";
import { linkExceptions, linkSpellings } from "./githubLinks";
import { partsOfARepository } from "./githubParts";
import { ownRepositories, repositoryKind } from "./githubRepository";
import { judged, mustRead, mustReadByPost } from "./probes";
import { posts, reads, rules } from "./rules";

const REPO = "/repos/*/*";

const WHOLE_REPOSITORY = ["repo:read", "code:write", "issues:write", "pulls:write", "actions:write", "repo:status"];
const CREATE_REPOSITORY = posts("/user/repos", "/orgs/*/repos", `${REPO}/forks`);

const SCOPES: readonly ConnectorScope[] = [
  {
    name: "read:user",
    label: "Read your profile",
    access: "read",
    preset: true,
    opens: reads("/user", "/user/followers", "/user/following", "/users/*"),
  },
  {
    name: "user:email",
    label: "Read your e-mail addresses",
    access: "read",
    preset: true,
    opens: reads("/user/emails", "/user/public_emails"),
  },
  {
    name: "read:org",
    label: "Read your organizations and teams",
    access: "read",
    opens: reads(
      ...["/user/orgs", "/user/teams", "/user/memberships/orgs", "/user/memberships/orgs/*", "/orgs/*"],
      ...["/orgs/*/members", "/orgs/*/members/*", "/orgs/*/memberships/*", "/orgs/*/teams", "/orgs/*/teams/**"],
    ),
  },
  {
    name: "read:packages",
    label: "Read packages",
    access: "read",
    opens: reads("/user/packages/**", "/users/*/packages/**", "/orgs/*/packages/**"),
  },
  ...partsOfARepository,
  {
    name: "gist:read",
    label: "Read your gists",
    access: "read",
    virtual: true,
    opens: reads("/gists", "/gists/**", "/users/*/gists"),
  },
  {
    name: "notifications:read",
    label: "Read notifications",
    access: "read",
    virtual: true,
    opens: reads("/notifications", "/notifications/threads/**", `${REPO}/notifications`),
  },
  {
    name: "graphql:read",
    label: "Read anything this account can read, through GraphQL",
    access: "read",
    virtual: true,
    opens: [{ methods: ["POST"], path: "/graphql", graphql: "query" }],
  },
  {
    name: "repo:status",
    label: "Set commit statuses",
    access: "write",
    contains: ["statuses:read"],
    opens: posts(`${REPO}/statuses/*`),
  },
  {
    name: "public_repo",
    label: "Read and change public repositories",
    access: "write",
    contains: WHOLE_REPOSITORY,
    // No path says whether a repository is public: with `repo` in the token this would open the private ones.
    inseparableFrom: ["repo"],
    opens: CREATE_REPOSITORY,
  },
  {
    name: "repo",
    label: "Read and change all your repositories",
    access: "write",
    contains: WHOLE_REPOSITORY,
    opens: CREATE_REPOSITORY,
  },
  {
    name: "gist",
    label: "Create and change gists",
    access: "write",
    contains: ["gist:read"],
    opens: [...posts("/gists", "/gists/*/comments", "/gists/*/forks"), ...rules(["PATCH", "DELETE"], "/gists/*", "/gists/*/comments/*")],
  },
  {
    name: "notifications",
    label: "Read notifications and mark them read",
    access: "write",
    contains: ["notifications:read"],
    opens: [...rules(["PUT"], "/notifications", `${REPO}/notifications`), ...rules(["PATCH", "DELETE"], "/notifications/threads/*")],
  },
  {
    name: "workflow",
    label: "Change workflow files",
    access: "write",
    opens: rules(["PUT", "DELETE"], `${REPO}/contents/.github/workflows/*`),
  },
  { name: "delete_repo", label: "Delete repositories", access: "admin", opens: rules(["DELETE"], REPO) },
  {
    name: "admin:org",
    label: "Manage organizations and teams",
    access: "admin",
    contains: ["read:org"],
    opens: [
      ...rules(["PUT", "DELETE"], "/orgs/*/memberships/*", "/orgs/*/teams/*/memberships/*"),
      ...posts("/orgs/*/teams", "/orgs/*/invitations"),
      ...rules(["PATCH", "DELETE"], "/orgs/*/teams/*"),
    ],
  },
];

export const github: Connector = {
  id: "github",
  name: "GitHub",
  summary: "Repositories, issues and pull requests, through an OAuth App.",
  tile: { letters: "GH", color: "#24292f" },
  docsUrl: "https://docs.github.com/en/apps/oauth-apps/building-oauth-apps",
  oauth: {
    authorizeUrl: "https://github.com/login/oauth/authorize",
    tokenUrl: "https://github.com/login/oauth/access_token",
    issuer: "https://github.com/login/oauth",
    issuerInCallback: "required",
    clientAuth: "post",
    pkce: true,
    scopeParameter: "scope",
    scopeSeparator: " ",
    authorizeParameters: { prompt: "select_account" },
  },
  tokens: { accessSeconds: null, refresh: "none", narrowing: { how: "none" }, refreshKillsAccess: false },
  revocation: {
    how: "github",
    url: "https://api.github.com/applications/{client_id}/token",
    reach: "token",
    note: "GitHub ends the token. The app stays on the person's list of authorized apps until they remove it there.",
  },
  account: { method: "GET", url: "https://api.github.com/user", read: (body) => readFlatAccount(body, "id", ["login"]) },
  api: { baseUrl: "https://api.github.com", graphqlPath: "/graphql", linkSpellings },
  scopes: SCOPES,
  exceptions: linkExceptions,
  probes: [
    mustRead("read:user", "Read your profile", "/user"),
    mustRead("user:email", "Read your e-mail addresses", "/user/emails"),
    mustRead("read:org", "List your organizations", "/user/orgs?per_page=1"),
    mustRead("repo:read", "List your repositories", "/user/repos?per_page=1"),
    mustRead("issues:read", "Read issues", "/issues?per_page=1"),
    mustRead("gist:read", "List your gists", "/gists?per_page=1"),
    mustRead("notifications:read", "Read notifications", "/notifications?per_page=1"),
    mustReadByPost("graphql:read", "Read through GraphQL", "/graphql", { query: "{ viewer { login } }" }),
    judged("code:write", "Change a file", "PUT", "/repos/-/-/contents/README.md"),
    judged("issues:comment", "Comment on an issue", "POST", "/repos/-/-/issues/0/comments"),
    judged("issues:write", "Create an issue", "POST", "/repos/-/-/issues"),
    judged("pulls:write", "Open a pull request", "POST", "/repos/-/-/pulls"),
    judged("actions:write", "Repeat a workflow run", "POST", "/repos/-/-/actions/runs/0/rerun"),
    judged("repo:status", "Set a commit status", "POST", "/repos/-/-/statuses/0"),
    judged("public_repo", "Fork a repository", "POST", "/repos/-/-/forks"),
    judged("repo", "Create a repository", "POST", "/user/repos"),
    judged("gist", "Create a gist", "POST", "/gists"),
    judged("notifications", "Mark notifications read", "PUT", "/notifications"),
    judged("workflow", "Change a workflow file", "PUT", "/repos/-/-/contents/.github/workflows/ci.yml"),
    judged("delete_repo", "Delete a repository", "DELETE", "/repos/-/-"),
    judged("admin:org", "Create a team", "POST", "/orgs/-/teams"),
  ],
  resources: [
    repositoryKind(
      [
        ...partsOfARepository.map(({ name }) => name),
        ...["repo:status", "public_repo", "repo", "workflow", "delete_repo", "notifications:read", "notifications"],
      ],
      ["read:user", "user:email", "gist:read", "gist"],
      ownRepositories(["repo:read"]),
    ),
  ],
  unverified: [
    "That archive, artifact and log downloads answer with a pre-signed link: refused either way.",
    "That every GitHub edition sends iss in the callback: required at github.com, not where an endpoint is overridden.",
  ],
};
