import { asRecord, asText } from "./account";
import type { Connector, Exception } from "./connector";
import { judged, mustRead } from "./probes";
import { salesforceScopes } from "./salesforceScopes";

const ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const CHANGES = ["POST", "PUT", "PATCH", "DELETE"];
const DATA = "/services/data/v*";

const CODE = "It runs code of your organization, and nobody can tell beforehand what that does.";
const POWERS = "It changes who may see or do what in your organization, or the code that runs there.";

/** Records like any other for the API, and yet what decides about people's powers. Compared without regard to case. */
const POWERFUL = [
  ...["User", "UserRole", "UserLogin", "Profile", "PermissionSet*", "*Permissions", "SetupEntityAccess", "Group*"],
  ...["Apex*", "AuthProvider", "ConnectedApplication", "NamedCredential", "OauthToken", "LoginIp", "*Share", "ContentDistribution*"],
];

const powers: readonly Exception[] = POWERFUL.map((name) => ({
  methods: CHANGES,
  path: `${DATA}/sobjects/${name}/**`,
  why: POWERS,
}));

const textOrNull = (value: unknown) => (typeof value === "string" ? value : null);

/** A sandbox keeps its people's ids, so only the organization's beside it tells two accounts apart. */
function readAccount(body: unknown): { id: string; name: string } | null {
  const answer = asRecord(body);
  const [user, organization] = [asText(answer?.user_id), asText(answer?.organization_id)];
  const name = asText(answer?.preferred_username) ?? asText(answer?.email);
  return user && organization && name ? { id: `${organization}.${user}`, name } : null;
}

export const salesforce: Connector = {
  id: "salesforce",
  name: "Salesforce",
  summary: "Records, reports and Chatter of one Salesforce organization.",
  tile: { letters: "Sf", color: "#00a1e0" },
  docsUrl: "https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_oauth_and_connected_apps.htm",
  tenant: {
    label: "Where your people sign in, without .salesforce.com: login, test for sandboxes, or your My Domain",
    example: "login",
    pattern: /^(?:login|test|[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.(?:sandbox|develop|scratch|trailblaze))?\.my)$/,
  },
  oauth: {
    authorizeUrl: "https://{tenant}.salesforce.com/services/oauth2/authorize",
    tokenUrl: "https://{tenant}.salesforce.com/services/oauth2/token",
    issuer: null,
    issuerInCallback: "when_present",
    clientAuth: "post",
    pkce: true,
    scopeParameter: "scope",
    scopeSeparator: " ",
    authorizeParameters: {},
  },
  // No answer says when a token ends; and the same one may be given out twice.
  tokens: { accessSeconds: null, refresh: "rotating", narrowing: { how: "none" }, refreshKillsAccess: true },
  revocation: {
    how: "rfc7009",
    url: "https://{tenant}.salesforce.com/services/oauth2/revoke",
    reach: "connection",
    note: "Salesforce ends the token. It may give the same token out twice, so ending one is taken to end the connection.",
  },
  account: { method: "GET", url: "https://{tenant}.salesforce.com/services/oauth2/userinfo", read: readAccount },
  api: {
    baseUrl: "https://{tenant}.salesforce.com",
    batches: [
      { path: `${DATA}/composite`, methods: ["POST"], format: "composite", callsMax: 25 },
      { path: `${DATA}/composite/batch`, methods: ["POST"], format: "composite_batch", callsMax: 25 },
      { path: `${DATA}/composite/tree/*`, methods: ["POST"], format: "composite_tree", callsMax: 200 },
      { path: `${DATA}/composite/sobjects`, methods: ["POST", "PATCH"], format: "composite_records", callsMax: 200 },
    ],
    perAccount: {
      from: "token",
      read: (body) => textOrNull(asRecord(body)?.instance_url),
      allowed: /^https:\/\/[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9][a-z0-9-]{0,62}){0,2}\.salesforce\.com$/,
    },
  },
  scopes: salesforceScopes,
  exceptions: [
    { methods: ANY, path: "/services/apexrest/**", why: CODE },
    { methods: ANY, path: `${DATA}/tooling/**`, why: CODE },
    { methods: ANY, path: `${DATA}/actions/**`, why: CODE },
    {
      methods: ANY,
      path: `${DATA}/graphql`,
      why: "Its address differs by version, so Valet does not read what it says. Use /query instead.",
    },
    { methods: ANY, path: `${DATA}/jobs/**`, why: "It starts or reads a job that works on after this call." },
    { methods: ANY, path: `${DATA}/sobjects/*/*/password`, why: "It is about a person's password." },
    ...powers,
  ],
  probes: [
    mustRead("id", "Read your identity", "/services/oauth2/userinfo"),
    mustRead("records:read", "Read what may be used", "/services/data/v60.0/limits"),
    mustRead("chatter:read", "Read your Chatter feed", "/services/data/v60.0/chatter/feeds/news/me/feed-elements"),
    judged("records:write", "Create a record", "POST", "/services/data/v60.0/sobjects/Account"),
    judged("records:write", "Delete a record", "DELETE", "/services/data/v60.0/sobjects/Account/0"),
    judged("chatter_api", "Post in Chatter", "POST", "/services/data/v60.0/chatter/feed-elements"),
  ],
  unverified: [
    "How long a session lives, and whether a refresh ends the token before it: none is handed out.",
    "That executeAnonymous answers a GET, and that _HttpMethod replaces a method: both refused.",
    "The list of reads as a whole: what is not on it is refused.",
    "That revoking the refresh token ends its access tokens.",
  ],
};
