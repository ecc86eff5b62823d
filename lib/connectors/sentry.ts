import { asRecord, readFlatAccount } from "./account";
import type { Connector } from "./connector";
import { deletesNothing, judged, mustRead } from "./probes";
import { sentryScopes } from "./sentryScopes";

const ANY = ["GET", "POST", "PUT", "DELETE"];
const KEY = "It is about keys to Sentry, which only Valet may touch.";
const CALLS_OUT = "It makes Sentry call a third party, beyond the end of this grant.";

export const sentry: Connector = {
  id: "sentry",
  name: "Sentry",
  summary: "Issues, events, projects and releases of a person's Sentry organizations.",
  tile: { letters: "Se", color: "#362d59" },
  docsUrl: "https://docs.sentry.io/api/auth/",
  oauth: {
    authorizeUrl: "https://sentry.io/oauth/authorize/",
    tokenUrl: "https://sentry.io/oauth/token/",
    issuer: null,
    issuerInCallback: "when_present",
    clientAuth: "post",
    pkce: true,
    scopeParameter: "scope",
    scopeSeparator: " ",
    authorizeParameters: {},
  },
  tokens: { accessSeconds: 2_592_000, refresh: "rotating", narrowing: { how: "none" }, refreshKillsAccess: true },
  revocation: {
    how: "none",
    url: null,
    reach: "none",
    note: "Sentry has no documented way to end a token. Valet forgets it; to be sure, remove the app under Authorized Applications.",
  },
  account: {
    method: "GET",
    url: "https://sentry.io/api/0/",
    read: (body) => readFlatAccount(asRecord(body)?.user, "id", ["email", "username", "name"]),
  },
  separateConsent: "works",
  api: { baseUrl: "https://sentry.io", trailingSlash: true },
  scopes: sentryScopes,
  exceptions: [
    { methods: ANY, path: "/api/0/projects/*/*/keys/**", why: "It shows or changes the keys that let anybody send events." },
    { methods: ANY, path: "/api/0/projects/*/*/hooks/**", why: CALLS_OUT },
    { methods: ANY, path: "/api/0/organizations/*/sentry-app*/**", why: CALLS_OUT },
    { methods: ANY, path: "/api/0/sentry-app*/**", why: KEY },
    { methods: ANY, path: "/api/0/api-*/**", why: KEY },
    { methods: ANY, path: "/api/0/organizations/*/api-keys/**", why: KEY },
    { methods: ANY, path: "/api/0/organizations/*/org-auth-tokens/**", why: KEY },
    { methods: ANY, path: "/api/0/auth/**", why: KEY },
  ],
  probes: [
    mustRead("org:read", "List organizations", "/api/0/organizations"),
    mustRead("project:read", "List projects", "/api/0/projects"),
    judged("event:write", "Resolve an issue", "PUT", "/api/0/issues/0"),
    judged("project:write", "Change a project", "PUT", "/api/0/projects/0/0"),
    judged("project:releases", "Create a release", "POST", "/api/0/organizations/0/releases"),
    judged("team:write", "Create a team", "POST", "/api/0/organizations/0/teams"),
    deletesNothing("event:admin", "Delete an issue", "/api/0/issues", "number"),
    judged("org:admin", "Change the organization", "PUT", "/api/0/organizations/0"),
  ],
  resources: [
    {
      id: "project",
      label: "Only these projects",
      example: "acme/website",
      pattern: /^[a-z0-9][a-z0-9_-]{0,60}\/[a-z0-9][a-z0-9_-]{0,100}$/,
      // An issue's own address does not name its project, and a number may stand for a name: both refused with this bound.
      governs: ["project:read", "event:read", "event:write", "event:admin", "project:write"],
      apart: ["member:read"],
      listing: {
        scopes: ["project:read"],
        path: "/api/0/projects",
        query: {},
        items: "",
        id: "{organization.slug}/{slug}",
        label: "{name}",
        next: { how: "link", parameter: "cursor" },
      },
      named: [{ path: "/api/0/projects/{}/{}/**" }],
    },
  ],
  unverified: [
    "Whether refresh tokens rotate, and whether a refresh ends the earlier access token: no token is handed out.",
    "Whether scope on refresh is still refused: not used.",
    "How a token is revoked: not done.",
    "That a level includes those below it: what a token does not include Sentry refuses.",
    "That sentry.io answers for organizations kept in other regions.",
    "Whose account it is comes from the API's root, which older sources show: without it nothing is connected.",
  ],
};
