import { asRecord, asText, readFlatAccount } from "./account";
import type { Connector } from "./connector";
import { microsoftScopes } from "./microsoftScopes";

const ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const SPECIAL = "Even reading a special folder may create it. Find the folder under /root instead.";

/** The userinfo answer names the account `sub`, the profile names it `id`: either, so that a setting may point at either. */
function readAccount(body: unknown): { id: string; name: string } | null {
  const member = asText(asRecord(body)?.sub) ? "sub" : "id";
  return readFlatAccount(body, member, ["email", "mail", "userPrincipalName", "preferred_username", "name", "displayName"]);
}

export const microsoft: Connector = {
  id: "microsoft",
  name: "Microsoft 365",
  summary: "Mail, calendar, files and chats of one Microsoft account, through Graph.",
  tile: { letters: "Mi", color: "#0067b8" },
  docsUrl: "https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow",
  oauth: {
    authorizeUrl: "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
    tokenUrl: "https://login.microsoftonline.com/common/oauth2/v2.0/token",
    // With the tenant `common` the issuer differs from person to person.
    issuer: null,
    issuerInCallback: "when_present",
    clientAuth: "post",
    pkce: true,
    scopeParameter: "scope",
    scopeSeparator: " ",
    authorizeParameters: { prompt: "select_account" },
  },
  // "About an hour" may be more than one: 90 minutes keeps a token of uncertain length from being handed out.
  tokens: { accessSeconds: 5400, refresh: "rotating", narrowsOnRefresh: false, refreshKillsAccess: false },
  revocation: {
    how: "none",
    url: null,
    reach: "none",
    note: "Microsoft has no way to end a single token. Valet forgets it; to be sure, remove the app at myapps.microsoft.com.",
  },
  account: { method: "GET", url: "https://graph.microsoft.com/oidc/userinfo", read: readAccount },
  api: {
    baseUrl: "https://graph.microsoft.com",
    batches: [{ path: "/v1.0/$batch", methods: ["POST"], format: "graph", prefix: "/v1.0", callsMax: 20 }],
  },
  scopes: microsoftScopes,
  exceptions: [
    { methods: ANY, path: "/v1.0/me/drive/special/**", why: SPECIAL },
    { methods: ANY, path: "/v1.0/drives/*/special/**", why: SPECIAL },
    {
      methods: ANY,
      path: "/v1.0/subscriptions/**",
      why: "It makes Graph call a third party whenever something changes, beyond the end of this grant.",
    },
    { methods: ANY, path: "/v1.0/me/revokeSignInSessions", why: "It signs the person out everywhere." },
  ],
  unverified: [
    "How long an access token lives: taken to be more than an hour, so none is handed out.",
    "Whether a token carries permissions from an earlier consent that its answer does not list.",
    "The POST requests that only read: none is opened.",
    "What revokeSignInSessions and the removal of consents end: not used.",
  ],
};
