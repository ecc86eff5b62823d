import { readFlatAccount } from "./account";
import type { Connector } from "./connector";
import { calendarScopes } from "./googleCalendar";
import { fileScopes } from "./googleFiles";
import { mailScopes } from "./googleMail";
import { googleResources } from "./googleResources";
import { deletesNothing, guarded, judged, mustRead } from "./probes";

const PUSH = "It makes Google call a third party whenever something changes, beyond the end of this grant.";

export const google: Connector = {
  id: "google",
  name: "Google",
  summary: "Gmail, Drive, Docs, Sheets and Calendar of one Google account.",
  tile: { letters: "Go", color: "#1a73e8" },
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
  // Google's own client library narrows by `scope` on refresh, and each answer says what its token carries.
  tokens: { accessSeconds: 3600, refresh: "stable", narrowing: { how: "refresh_scope" }, refreshKillsAccess: false, refreshIdleDays: 180 },
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
    baseUrl: "https://www.googleapis.com",
    hosts: [
      { prefix: "/gmail", origin: "https://gmail.googleapis.com" },
      { prefix: "/batch/gmail", origin: "https://gmail.googleapis.com" },
      { prefix: "/upload/gmail", origin: "https://gmail.googleapis.com" },
      { prefix: "/v1/documents", origin: "https://docs.googleapis.com" },
      { prefix: "/v4/spreadsheets", origin: "https://sheets.googleapis.com" },
    ],
    // Each API has its own, and takes calls of that API alone.
    batches: ["gmail/v1", "drive/v3", "calendar/v3"].map((api) => ({
      path: `/batch/${api}`,
      methods: ["POST"],
      format: "multipart" as const,
      prefix: `/${api}/`,
      callsMax: 100,
    })),
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
    ...mailScopes,
    ...fileScopes,
    ...calendarScopes,
  ],
  exceptions: [
    { methods: ["POST"], path: "/gmail/v1/users/*/watch", why: PUSH },
    { methods: ["POST"], path: "/gmail/v1/users/*/stop", why: "It stops the mailbox's push messages for every app." },
    { methods: ["POST"], path: "/drive/v3/files/*/watch", why: PUSH },
    { methods: ["POST"], path: "/drive/v3/changes/watch", why: PUSH },
    { methods: ["POST"], path: "/calendar/v3/calendars/*/*/watch", why: PUSH },
    { methods: ["POST"], path: "/calendar/v3/users/*/*/watch", why: PUSH },
    { methods: ["POST"], path: "/*/v3/channels/stop", why: "It stops push messages that another app may need." },
  ],
  resources: googleResources,
  probes: [
    guarded(mustRead("https://www.googleapis.com/auth/gmail.readonly", "Read your mailbox", "/gmail/v1/users/me/profile")),
    guarded(mustRead("https://www.googleapis.com/auth/gmail.metadata", "Read mail labels", "/gmail/v1/users/me/labels")),
    guarded(mustRead("https://www.googleapis.com/auth/drive.readonly", "Read your Drive", "/drive/v3/about?fields=user")),
    guarded(mustRead("https://www.googleapis.com/auth/drive.metadata.readonly", "List files", "/drive/v3/files?pageSize=1")),
    guarded(
      mustRead("https://www.googleapis.com/auth/calendar.readonly", "List calendars", "/calendar/v3/users/me/calendarList?maxResults=1"),
    ),
    guarded(
      mustRead(
        "https://www.googleapis.com/auth/calendar.events.readonly",
        "Read events",
        "/calendar/v3/calendars/primary/events?maxResults=1",
      ),
    ),
    guarded(
      mustRead("https://www.googleapis.com/auth/calendar.settings.readonly", "Read calendar settings", "/calendar/v3/users/me/settings"),
    ),
    judged("https://www.googleapis.com/auth/gmail.labels", "Create a label", "POST", "/gmail/v1/users/me/labels"),
    judged("https://www.googleapis.com/auth/gmail.send", "Send mail", "POST", "/gmail/v1/users/me/messages/send"),
    judged("drafts:write", "Write a draft", "POST", "/gmail/v1/users/me/drafts"),
    judged("https://www.googleapis.com/auth/gmail.compose", "Send a draft", "POST", "/gmail/v1/users/me/drafts/send"),
    judged("https://www.googleapis.com/auth/gmail.modify", "Bin a message", "POST", "/gmail/v1/users/me/messages/0/trash"),
    judged("https://www.googleapis.com/auth/gmail.settings.basic", "Create a mail filter", "POST", "/gmail/v1/users/me/settings/filters"),
    judged("https://mail.google.com/", "Delete a message for good", "DELETE", "/gmail/v1/users/me/messages/0"),
    judged("https://www.googleapis.com/auth/drive.file", "Create a file", "POST", "/drive/v3/files"),
    judged("https://www.googleapis.com/auth/drive", "Delete a file", "DELETE", "/drive/v3/files/0"),
    judged("https://www.googleapis.com/auth/documents", "Create a document", "POST", "/v1/documents"),
    judged("https://www.googleapis.com/auth/spreadsheets", "Create a spreadsheet", "POST", "/v4/spreadsheets"),
    deletesNothing("https://www.googleapis.com/auth/calendar.events", "Delete an event", "/calendar/v3/calendars/primary/events", "number"),
    judged("https://www.googleapis.com/auth/calendar.events", "Create an event", "POST", "/calendar/v3/calendars/primary/events"),
    judged("https://www.googleapis.com/auth/calendar", "Create a calendar", "POST", "/calendar/v3/calendars"),
  ],
  unverified: [
    "That every Google API front end honours the narrowed token: the answer's scope is compared with what was asked, and a wider one is not lent.",
    "What else a revocation ends: taken to be the whole connection.",
    "How many live refresh tokens Google keeps for one person and client.",
  ],
};
