import { readFlatAccount } from "./account";
import type { Connector, ConnectorScope } from "./connector";
import { guarded, judged, mustRead } from "./probes";
import { posts, reads, rules } from "./rules";

const ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const API = "/api/v1";
const PASSWORD = "It sets a password or a second factor, or answers with a link that signs in as another person.";
const ACTIVATE = "Activating answers with a link that signs in as the new person.";
const LIFECYCLE = ["suspend", "unsuspend", "unlock", "deactivate"];

const SCOPES: readonly ConnectorScope[] = [
  { name: "openid", label: "Sign in with Okta", access: "read", protocol: true, opens: [] },
  { name: "profile", label: "See your name", access: "read", protocol: true, opens: [] },
  { name: "offline_access", label: "Keep access while you are away", access: "read", protocol: true, opens: [] },
  { name: "okta.users.read.self", label: "Read your own account", access: "read", preset: true, opens: reads(`${API}/users/me`) },
  {
    name: "okta.users.read",
    label: "Read everybody's account",
    access: "read",
    opens: reads(`${API}/users`, `${API}/users/*`, `${API}/users/*/groups`),
  },
  {
    name: "okta.groups.read",
    label: "Read groups and their members",
    access: "read",
    opens: reads(...["groups", "groups/*", "groups/*/users", "groups/*/apps"].map((path) => `${API}/${path}`)),
  },
  {
    name: "okta.apps.read",
    label: "Read applications and who may use them",
    access: "read",
    // The application itself (/apps, /apps/*) may come with its client secret, so it stays shut.
    opens: reads(...["users", "users/*", "groups", "groups/*"].map((path) => `${API}/apps/*/${path}`)),
  },
  { name: "okta.logs.read", label: "Read the system log", access: "read", opens: reads(`${API}/logs`) },
  {
    name: "okta.users.manage",
    label: "Create, change, suspend and delete users, passwords included",
    access: "admin",
    opens: [
      ...posts(`${API}/users`, ...LIFECYCLE.map((verb) => `${API}/users/*/lifecycle/${verb}`)),
      ...rules(["POST", "PUT", "DELETE"], `${API}/users/*`),
    ],
  },
  {
    name: "okta.groups.manage",
    label: "Change groups and who is in them",
    access: "admin",
    opens: [...posts(`${API}/groups`), ...rules(["PUT", "DELETE"], `${API}/groups/*`, `${API}/groups/*/users/*`)],
  },
  {
    name: "okta.apps.manage",
    label: "Change applications and who may use them",
    access: "admin",
    opens: [
      ...posts(`${API}/apps/*/users`, `${API}/apps/*/users/*`, `${API}/apps/*/lifecycle/activate`, `${API}/apps/*/lifecycle/deactivate`),
      ...rules(["DELETE"], `${API}/apps/*/users/*`),
      ...rules(["PUT", "DELETE"], `${API}/apps/*/groups/*`),
    ],
  },
];

export const okta: Connector = {
  id: "okta",
  name: "Okta",
  summary: "Users, groups, applications and the log of one Okta organization.",
  tile: { letters: "Ok", color: "#00297a" },
  docsUrl: "https://developer.okta.com/docs/guides/implement-oauth-for-okta/main/",
  tenant: {
    label: "Your Okta domain",
    example: "acme.okta.com",
    pattern: /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.(?:okta|oktapreview|okta-emea)\.com$/,
  },
  oauth: {
    // Only the organization's own server makes tokens with okta.* scopes, a custom one under /oauth2/{id} does not.
    authorizeUrl: "https://{tenant}/oauth2/v1/authorize",
    tokenUrl: "https://{tenant}/oauth2/v1/token",
    issuer: "https://{tenant}",
    issuerInCallback: "when_present",
    clientAuth: "basic",
    pkce: true,
    scopeParameter: "scope",
    scopeSeparator: " ",
    authorizeParameters: {},
  },
  tokens: { accessSeconds: 3600, refresh: "stable", narrowing: { how: "refresh_scope" }, refreshKillsAccess: false, refreshIdleDays: 7 },
  revocation: {
    how: "rfc7009",
    url: "https://{tenant}/oauth2/v1/revoke",
    reach: "token",
    note: "Okta ends access tokens and refresh tokens each by itself.",
  },
  account: {
    method: "GET",
    url: "https://{tenant}/oauth2/v1/userinfo",
    read: (body) => readFlatAccount(body, "sub", ["preferred_username", "email", "name"]),
  },
  separateConsent: "works",
  api: { baseUrl: "https://{tenant}" },
  scopes: SCOPES,
  exceptions: [
    { methods: ANY, path: "/oauth2/**", why: "It makes or ends keys to Okta, which only Valet may." },
    { methods: ANY, path: `${API}/users/*/credentials/**`, why: PASSWORD },
    { methods: ANY, path: `${API}/users/*/factors/**`, why: PASSWORD },
    { methods: ANY, path: `${API}/users/*/lifecycle/*password`, why: PASSWORD },
    { methods: ANY, path: `${API}/users/*/lifecycle/activate`, why: ACTIVATE },
    { methods: ANY, path: `${API}/users/*/lifecycle/reactivate`, why: ACTIVATE },
    { methods: ANY, path: `${API}/users/*/lifecycle/reset_factors`, why: PASSWORD },
    { methods: ANY, path: `${API}/users/*/sessions`, why: "It signs a person out everywhere." },
    { methods: ANY, path: `${API}/sessions/**`, why: "It is about who is signed in, not about data." },
    { methods: ANY, path: `${API}/authn/**`, why: "It signs people in." },
    { methods: ANY, path: `${API}/api-tokens/**`, why: "It is about keys to Okta, which only Valet may touch." },
    { methods: ANY, path: `${API}/apps/*/credentials/**`, why: "It is about the keys of an application." },
  ],
  probes: [
    guarded(mustRead("okta.users.read.self", "Read your own account", "/api/v1/users/me")),
    guarded(mustRead("okta.users.read", "List users", "/api/v1/users?limit=1")),
    guarded(mustRead("okta.groups.read", "List groups", "/api/v1/groups?limit=1")),
    guarded(mustRead("okta.logs.read", "Read the system log", "/api/v1/logs?limit=1")),
    judged("okta.users.manage", "Create a user", "POST", "/api/v1/users"),
    judged("okta.groups.manage", "Create a group", "POST", "/api/v1/groups"),
    judged("okta.apps.manage", "Deactivate an application", "POST", "/api/v1/apps/0/lifecycle/deactivate"),
  ],
  unverified: [
    "That Okta refuses scopes beyond the refresh token's: the answer's scope is compared with what was asked, and a wider one is not lent.",
    "That narrowing leaves a rotating refresh token whole: leave rotation off for this client, as it is for web apps by default.",
    "Whether reading an application shows its client secret: taken to be so, and refused.",
    "Whether a manage scope lets read as well: not relied on.",
    "That revoking a refresh token ends its access tokens: not relied on.",
    "Domains of an organization's own: only Okta's are taken.",
  ],
};
