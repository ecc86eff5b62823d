import { readFlatAccount } from "./account";
import type { Connector } from "./connector";
import { projectKind } from "./gitlabProject";
import { gitlabScopes } from "./gitlabScopes";
import { judged, mustRead, mustReadByPost } from "./probes";

const ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const SECRETS = "It holds the secrets of pipelines in clear text.";
const KEYS = "It makes or shows keys to GitLab, which only Valet may.";
const HOOK = "It makes GitLab call a third party whenever something happens, beyond the end of this grant.";

const KEY_PATHS = ["/api/v4/personal_access_tokens", "/api/v4/user/personal_access_tokens", "/api/v4/projects/*/access_tokens"];

export const gitlab: Connector = {
  id: "gitlab",
  name: "GitLab",
  summary: "Projects, issues, merge requests and pipelines, at gitlab.com or your own GitLab.",
  tile: { letters: "GL", color: "#fc6d26" },
  docsUrl: "https://docs.gitlab.com/api/oauth2",
  tenant: {
    label: "Your GitLab's host name",
    example: "gitlab.com",
    // A name with a domain and a last part of letters: no address, no port, no path.
    pattern: /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,63}$/,
  },
  oauth: {
    authorizeUrl: "https://{tenant}/oauth/authorize",
    tokenUrl: "https://{tenant}/oauth/token",
    issuer: "https://{tenant}",
    issuerInCallback: "when_present",
    clientAuth: "post",
    pkce: true,
    scopeParameter: "scope",
    scopeSeparator: " ",
    authorizeParameters: {},
  },
  // `scope` on refresh would cut the refresh token as well, so the connection itself: never asked for.
  tokens: { accessSeconds: 7200, refresh: "rotating", narrowing: { how: "none" }, refreshKillsAccess: true },
  revocation: {
    how: "rfc7009",
    url: "https://{tenant}/oauth/revoke",
    reach: "connection",
    note: "GitLab keeps an access token and its refresh token as one, so ending either ends the connection.",
  },
  account: {
    method: "GET",
    url: "https://{tenant}/oauth/userinfo",
    read: (body) => readFlatAccount(body, "sub", ["preferred_username", "nickname", "email", "name"]),
  },
  separateConsent: "works",
  api: { baseUrl: "https://{tenant}", graphqlPath: "/api/graphql" },
  scopes: gitlabScopes,
  exceptions: [
    { methods: ANY, path: "/api/v4/projects/*/pipelines/*/variables", why: SECRETS },
    { methods: ANY, path: "/api/v4/projects/*/variables/**", why: SECRETS },
    { methods: ANY, path: "/api/v4/groups/*/variables/**", why: SECRETS },
    ...KEY_PATHS.map((path) => ({ methods: ANY, path: `${path}/**`, why: KEYS })),
    { methods: ANY, path: "/api/v4/projects/*/hooks/**", why: HOOK },
    { methods: ANY, path: "/api/v4/groups/*/hooks/**", why: HOOK },
  ],
  resources: [projectKind],
  probes: [
    mustRead("read_user", "Read your profile", "/api/v4/user"),
    mustRead("read_api", "Read your to-dos", "/api/v4/todos?per_page=1"),
    mustRead("projects:read", "List your projects", "/api/v4/projects?membership=true&per_page=1"),
    mustRead("issues:read", "Read issues", "/api/v4/issues?per_page=1"),
    mustRead("merge_requests:read", "Read merge requests", "/api/v4/merge_requests?per_page=1"),
    mustReadByPost("graphql:read", "Read through GraphQL", "/api/graphql", { query: "{ currentUser { username } }" }),
    judged("issues:write", "Create an issue", "POST", "/api/v4/projects/0/issues"),
    judged("merge_requests:write", "Approve a merge request", "POST", "/api/v4/projects/0/merge_requests/0/approve"),
    judged("code:write", "Commit a change", "POST", "/api/v4/projects/0/repository/commits"),
    judged("pipelines:write", "Start a pipeline", "POST", "/api/v4/projects/0/pipeline"),
    judged("api", "Create a project", "POST", "/api/v4/projects"),
  ],
  unverified: [
    "That gitlab.com never gives the same token for a second consent: what the answer lists is what counts.",
    "That gitlab.com cuts the refresh token along with the access token when scope is sent on refresh: never sent.",
    "Whether a callback carries iss: compared when it does.",
    "Whether an old GitLab shows the registration token of a project's runners to its maintainers in the project itself.",
  ],
};
