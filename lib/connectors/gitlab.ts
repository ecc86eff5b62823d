import { readFlatAccount } from "./account";
import type { Connector } from "./connector";
import { projectKind } from "./gitlabProject";
import { gitlabScopes } from "./gitlabScopes";

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
  tokens: { accessSeconds: 7200, refresh: "rotating", narrowsOnRefresh: false, refreshKillsAccess: true },
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
  unverified: [
    "That a second consent gives tokens of their own: not used.",
    "That gitlab.com cuts the refresh token along with the access token when scope is sent on refresh: never sent.",
    "Whether a callback carries iss: compared when it does.",
    "Whether an old GitLab shows the registration token of a project's runners to its maintainers in the project itself.",
  ],
};
