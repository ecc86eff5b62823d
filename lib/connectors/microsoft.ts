import { asRecord, asText, readFlatAccount } from "./account";
import type { Connector, TokenBody } from "./connector";
import { microsoftScopes } from "./microsoftScopes";
import { judged, mustRead } from "./probes";

const ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const SPECIAL = "Even reading a special folder may create it. Find the folder under /root instead.";

/** The userinfo answer names the account `sub`, the profile names it `id`: either, so that a setting may point at either. */
function readAccount(body: unknown): { id: string; name: string } | null {
  const member = asText(asRecord(body)?.sub) ? "sub" : "id";
  return readFlatAccount(body, member, ["email", "mail", "userPrincipalName", "preferred_username", "name", "displayName"]);
}

/**
 * `sub` is another one for each client of ours. The tenant and object ids of the ID token are not; it came straight from the
 * token endpoint, so its signature adds nothing (OpenID Connect Core section 3.1.3.7).
 */
function normalizeToken(body: TokenBody): TokenBody {
  const payload = asText(body.id_token)?.split(".")[1];
  const claims = payload ? readClaims(payload) : undefined;
  const [tenant, object] = [asText(claims?.tid), asText(claims?.oid)];
  return tenant && object ? { ...body, account_id: `${tenant}.${object}` } : body;
}

function readClaims(payload: string) {
  try {
    return asRecord(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
  } catch {
    return undefined;
  }
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
    normalizeToken,
  },
  // "About an hour" may be more than one: 90 minutes keeps a token of uncertain length from being handed out.
  tokens: { accessSeconds: 5400, refresh: "rotating", narrowing: { how: "none" }, refreshKillsAccess: false, refreshIdleDays: 90 },
  revocation: {
    how: "none",
    url: null,
    reach: "none",
    note: "Microsoft has no way to end a single token. Valet forgets it; to be sure, remove the app at myapps.microsoft.com.",
  },
  account: {
    method: "GET",
    url: "https://graph.microsoft.com/oidc/userinfo",
    read: readAccount,
    idFromToken: (token) => asText(asRecord(token)?.account_id) ?? null,
  },
  readRegistration: "works",
  api: {
    baseUrl: "https://graph.microsoft.com",
    bodyLinks: ["/@odata.nextLink", "/@odata.deltaLink"],
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
  probes: [
    mustRead("User.Read", "Read your profile", "/v1.0/me"),
    mustRead("Mail.ReadBasic", "Read mail headers", "/v1.0/me/messages?$top=1&$select=id"),
    mustRead("Mail.Read", "List mail folders", "/v1.0/me/mailFolders?$top=1"),
    mustRead("Calendars.Read", "List calendars", "/v1.0/me/calendars?$top=1"),
    mustRead("Files.Read.All", "List files", "/v1.0/me/drive/root/children?$top=1"),
    mustRead("Sites.Read.All", "Read the root site", "/v1.0/sites/root"),
    mustRead("Chat.Read", "List chats", "/v1.0/me/chats?$top=1"),
    judged("Mail.Send", "Send mail", "POST", "/v1.0/me/sendMail"),
    judged("drafts:create", "Write a draft", "POST", "/v1.0/me/messages"),
    judged("Mail.ReadWrite", "Delete a message", "DELETE", "/v1.0/me/messages/0"),
    judged("Calendars.ReadWrite", "Create an event", "POST", "/v1.0/me/events"),
    judged("Files.ReadWrite.All", "Create a folder", "POST", "/v1.0/me/drive/root/children"),
  ],
  unverified: [
    "How long an access token lives: taken to be more than an hour, so none is handed out.",
    "Whether a token carries permissions from an earlier consent that its answer does not list.",
    "The POST requests that only read: none is opened.",
    "What revokeSignInSessions and the removal of consents end: not used.",
  ],
};
