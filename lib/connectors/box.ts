import { asRecord, asText, readFlatAccount } from "./account";
import type { Connector, ConnectorScope, TokenBody } from "./connector";
import { judged, mustRead } from "./probes";
import { posts, reads, rules } from "./rules";

const ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const V2 = "/2.0";
const UPLOAD = "/api/2.0/files";

const SCOPES: readonly ConnectorScope[] = [
  {
    name: "root_readonly",
    label: "Read all files and folders you can open",
    access: "read",
    preset: true,
    // Content comes by a redirect to a link for one file, which the gateway passes on without the account's token.
    opens: reads(
      ...["users/me", "search", "folders/*", "folders/*/items", "folders/*/collaborations", "folders/*/metadata/**"].map(
        (p) => `${V2}/${p}`,
      ),
      ...["", "/content", "/versions", "/versions/*", "/comments", "/collaborations", "/metadata/**", "/thumbnail.*"].map(
        (tail) => `${V2}/files/*${tail}`,
      ),
      ...["comments/*", "collections", "collections/*/items", "recent_items", "web_links/*", "shared_items", "collaborations/*"].map(
        (p) => `${V2}/${p}`,
      ),
    ),
  },
  {
    name: "comments:write",
    label: "Comment on files",
    access: "write",
    virtual: true,
    opens: [...posts(`${V2}/comments`), ...rules(["PUT", "DELETE"], `${V2}/comments/*`)],
  },
  {
    name: "files:write",
    label: "Upload, change, share by link and delete files and folders",
    access: "write",
    virtual: true,
    contains: ["root_readonly"],
    // A change of a file can open a link to it, and only the body says so.
    opens: [
      ...posts(`${UPLOAD}/content`, `${UPLOAD}/*/content`, `${UPLOAD}/upload_sessions`, `${UPLOAD}/*/upload_sessions`),
      ...rules(["PUT", "DELETE"], `${UPLOAD}/upload_sessions/*`),
      ...posts(`${UPLOAD}/upload_sessions/*/commit`, `${V2}/folders`, `${V2}/folders/*/copy`, `${V2}/files/*/copy`, `${V2}/web_links`),
      ...rules(["PUT", "DELETE"], `${V2}/files/*`, `${V2}/folders/*`, `${V2}/web_links/*`),
      ...rules(["POST", "PUT", "DELETE"], `${V2}/files/*/metadata/*/*`, `${V2}/folders/*/metadata/*/*`),
    ],
  },
  {
    name: "collaborations:write",
    label: "Share files and folders with people",
    access: "write",
    virtual: true,
    opens: [...posts(`${V2}/collaborations`), ...rules(["PUT", "DELETE"], `${V2}/collaborations/*`)],
  },
  {
    name: "root_readwrite",
    label: "Read, change, share and delete all files and folders",
    access: "write",
    contains: ["root_readonly", "comments:write", "files:write", "collaborations:write"],
    opens: [],
  },
  {
    name: "manage_managed_users",
    label: "Manage people of the enterprise",
    access: "admin",
    opens: [...reads(`${V2}/users`, `${V2}/users/*`), ...posts(`${V2}/users`), ...rules(["PUT", "DELETE"], `${V2}/users/*`)],
  },
  {
    name: "manage_groups",
    label: "Manage groups of the enterprise",
    access: "admin",
    opens: [
      ...reads(`${V2}/groups`, `${V2}/groups/*`, `${V2}/groups/*/memberships`),
      ...posts(`${V2}/groups`, `${V2}/group_memberships`),
      ...rules(["PUT", "DELETE"], `${V2}/groups/*`, `${V2}/group_memberships/*`),
    ],
  },
];

/** Box says what a narrowed token opens in a list of its own; for a whole token that list is empty, and says nothing. */
function readRestrictions(body: TokenBody): TokenBody {
  const told = Array.isArray(body.restricted_to) ? body.restricted_to.map((one) => asText(asRecord(one)?.scope) ?? "unreadable") : [];
  return body.scope !== undefined || told.length === 0 ? body : { ...body, scope: [...new Set(told)].join(" ") };
}

export const box: Connector = {
  id: "box",
  name: "Box",
  summary: "Files, folders and comments of one Box account.",
  tile: { letters: "Bx", color: "#0061d5" },
  docsUrl: "https://developer.box.com/guides/authentication/oauth2",
  oauth: {
    authorizeUrl: "https://account.box.com/api/oauth2/authorize",
    tokenUrl: "https://api.box.com/oauth2/token",
    issuer: null,
    issuerInCallback: "when_present",
    clientAuth: "post",
    pkce: false,
    scopeParameter: "scope",
    scopeSeparator: " ",
    authorizeParameters: {},
    normalizeToken: readRestrictions,
  },
  // "About an hour", up to 70 minutes in Box's own examples: longer than what may be handed out.
  tokens: {
    accessSeconds: 4200,
    refresh: "rotating",
    narrowing: { how: "token_exchange", scopes: { root_readonly: ["root_readonly"] } },
    refreshKillsAccess: true,
    refreshIdleDays: 60,
  },
  revocation: {
    how: "rfc7009",
    url: "https://api.box.com/oauth2/revoke",
    reach: "connection",
    note: "Box signs the person out of the app, so ending any token ends the whole connection.",
  },
  account: { method: "GET", url: "https://api.box.com/2.0/users/me", read: (body) => readFlatAccount(body, "id", ["login", "name"]) },
  api: { baseUrl: "https://api.box.com", hosts: [{ prefix: UPLOAD, origin: "https://upload.box.com" }] },
  scopes: SCOPES,
  exceptions: [
    { methods: ANY, path: "/oauth2/**", why: "It makes or ends keys to Box, which only Valet may." },
    { methods: ANY, path: `${V2}/zip_downloads/**`, why: "Box answers this with a link that opens the download for whoever has it." },
    { methods: ANY, path: `${V2}/webhooks/**`, why: "It makes Box call a third party whenever something changes." },
    { methods: ANY, path: `${V2}/events`, why: "The same address answers with what the whole enterprise did, if the person may see that." },
    { methods: ANY, path: `${V2}/ai/**`, why: "It spends the enterprise's units for Box AI." },
  ],
  probes: [
    mustRead("root_readonly", "Read the root folder", "/2.0/folders/0?limit=1"),
    judged("comments:write", "Comment on a file", "POST", "/2.0/comments"),
    judged("files:write", "Upload a file", "POST", "/api/2.0/files/content"),
    judged("files:write", "Delete a file", "DELETE", "/2.0/files/1"),
    judged("collaborations:write", "Share a folder", "POST", "/2.0/collaborations"),
    judged("manage_managed_users", "Add a person to the enterprise", "POST", "/2.0/users"),
    judged("manage_groups", "Create a group", "POST", "/2.0/groups"),
  ],
  unverified: [
    "Whether a refresh ends the tokens that were made narrower from the one before it: taken to, so none is handed out.",
    "Whether root_readonly may be asked for when a token is made narrower: what Box answers is believed, and its refusal leaves the gateway.",
    "How long an access token lives: taken to be more than an hour.",
  ],
};
