import { readFlatAccount } from "./account";
import type { Connector } from "./connector";
import { bucketBoundary, googleCloudResources } from "./googleCloudResources";
import { googleCloudScopes } from "./googleCloudScopes";
import { guarded, judged, mustRead } from "./probes";

const ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const KEY = "It makes or shows keys that would outlive this grant.";
const POLICY = "It changes who may do what, beyond the end of this grant.";

export const googleCloud: Connector = {
  id: "google-cloud",
  name: "Google Cloud",
  summary: "Storage, BigQuery, logs and machines of a Google Cloud user, within their roles.",
  tile: { letters: "GC", color: "#174ea6" },
  docsUrl: "https://developers.google.com/identity/protocols/oauth2/web-server",
  oauth: {
    authorizeUrl: "https://accounts.google.com/o/oauth2/v2/auth",
    tokenUrl: "https://oauth2.googleapis.com/token",
    issuer: "https://accounts.google.com",
    issuerInCallback: "when_present",
    clientAuth: "post",
    pkce: true,
    scopeParameter: "scope",
    scopeSeparator: " ",
    // Without prompt=consent a second consent brings no refresh token; merged grants would widen what was asked.
    authorizeParameters: { access_type: "offline", prompt: "consent select_account", include_granted_scopes: "false" },
  },
  tokens: {
    accessSeconds: 3600,
    refresh: "stable",
    narrowing: { how: "refresh_scope", boundary: bucketBoundary },
    refreshKillsAccess: false,
    refreshIdleDays: 180,
  },
  revocation: {
    how: "rfc7009",
    url: "https://oauth2.googleapis.com/revoke",
    reach: "connection",
    note: "Google ends the refresh token along with any access token, so ending one lent token would end the whole connection.",
  },
  account: {
    method: "GET",
    url: "https://openidconnect.googleapis.com/v1/userinfo",
    read: (body) => readFlatAccount(body, "sub", ["email", "name"]),
  },
  api: {
    baseUrl: "https://cloudresourcemanager.googleapis.com",
    hosts: [
      { prefix: "/storage", origin: "https://storage.googleapis.com" },
      { prefix: "/upload/storage", origin: "https://storage.googleapis.com" },
      { prefix: "/download/storage", origin: "https://storage.googleapis.com" },
      { prefix: "/bigquery", origin: "https://bigquery.googleapis.com" },
      { prefix: "/compute", origin: "https://compute.googleapis.com" },
      { prefix: "/v2", origin: "https://logging.googleapis.com" },
    ],
  },
  scopes: [
    { name: "openid", label: "Sign in with Google", access: "read", protocol: true, opens: [] },
    {
      name: "email",
      alsoKnownAs: ["https://www.googleapis.com/auth/userinfo.email"],
      label: "See your e-mail address",
      access: "read",
      protocol: true,
      opens: [],
    },
    ...googleCloudScopes,
  ],
  exceptions: [
    { methods: ANY, path: "/batch/**", why: "A batch hides several calls in one. Send them one by one." },
    { methods: ANY, path: "/v1/projects/*/secrets/**", why: "It is about secrets, and even a GET shows them." },
    { methods: ANY, path: "/v1/projects/*/serviceAccounts/**", why: KEY },
    { methods: ANY, path: "/storage/v1/projects/*/hmacKeys/**", why: KEY },
    { methods: ["POST"], path: "/v3/*/*:setIamPolicy", why: POLICY },
    { methods: ["PUT", "PATCH"], path: "/storage/v1/b/*/iam", why: POLICY },
    { methods: ["POST", "PUT", "PATCH", "DELETE"], path: "/storage/v1/b/*/*acl/**", why: POLICY },
    { methods: ["POST", "PUT", "PATCH", "DELETE"], path: "/storage/v1/b/*/o/*/acl/**", why: POLICY },
    { methods: ["POST"], path: "/compute/v1/projects/*/setCommonInstanceMetadata", why: "It can put keys to log in onto every machine." },
    { methods: ["POST"], path: "/compute/v1/projects/*/zones/*/instances/*/setMetadata", why: "It can put keys to log in onto a machine." },
    { methods: ANY, path: "/storage/v1/b/*/o/watch", why: "It makes Google call a third party, beyond the end of this grant." },
  ],
  resources: googleCloudResources,
  probes: [
    guarded(mustRead("https://www.googleapis.com/auth/cloud-platform.read-only", "List projects", "/v3/projects:search?pageSize=1")),
    guarded(mustRead("https://www.googleapis.com/auth/bigquery.readonly", "List BigQuery projects", "/bigquery/v2/projects?maxResults=1")),
    judged("https://www.googleapis.com/auth/devstorage.read_write", "Upload an object", "POST", "/upload/storage/v1/b/0/o"),
    judged("https://www.googleapis.com/auth/bigquery", "Run a query", "POST", "/bigquery/v2/projects/0/queries"),
    judged("https://www.googleapis.com/auth/cloud-platform", "Start a machine", "POST", "/compute/v1/projects/0/zones/0/instances"),
  ],
  unverified: [
    "That every Google API front end honours the narrowed token: the answer's scope is compared with what was asked, and a wider one is not lent.",
    "What else a revocation ends: taken to be the whole connection.",
    "How many live refresh tokens Google keeps for one person and client.",
    "That a token of a service account can be had by impersonation: not used.",
    "What SQL only reads: every query counts as a change.",
    "Which roles a token in single buckets needs for our scopes, that the legacy one is taken there, and the boundary as plain JSON: a refusal falls back, and the row says so.",
    "That a token in single buckets opens nothing outside Cloud Storage: the gateway's rules stay in front of it, and it is never handed out.",
    "What a token in single buckets may do in a bucket with access lists of its own per object: Google's refusal is passed on.",
    "How a token in single buckets ends with the account's other tokens: it is never used for longer than the one it was made from.",
  ],
};
