import { asRecord, asText, readFlatAccount } from "./account";
import type { Connector, ConnectorScope } from "./connector";
import { judged, mustRead } from "./probes";
import { posts, reads, rules } from "./rules";

const ANY = ["GET", "POST", "PUT", "DELETE"];
const EXPORT = "It takes everything out at once, into a file that whoever has its address can load.";

/** Intercom has no scopes: a token can all that its app may. These are Valet's own, and the gateway holds agents to them. */
const SCOPES: readonly ConnectorScope[] = [
  {
    name: "team:read",
    label: "Read who is on the team",
    access: "read",
    virtual: true,
    opens: reads("/me", "/admins", "/teams", "/teams/*"),
  },
  {
    name: "people:read",
    label: "Read people and companies",
    access: "read",
    virtual: true,
    opens: [
      ...reads(
        "/contacts",
        "/contacts/*",
        ...["companies", "notes", "segments", "subscriptions", "tags"].map((part) => `/contacts/*/${part}`),
      ),
      ...reads("/companies", "/companies/*", "/companies/*/contacts", "/companies/*/segments"),
      ...reads("/segments", "/segments/*", "/tags", "/tags/*", "/data_attributes"),
      // The filter does not fit into an address, so Intercom reads it from a body.
      ...posts("/contacts/search", "/companies/list"),
    ],
  },
  {
    name: "conversations:read",
    label: "Read conversations",
    access: "read",
    virtual: true,
    opens: [...reads("/conversations", "/conversations/*"), ...posts("/conversations/search")],
  },
  {
    name: "articles:read",
    label: "Read articles",
    access: "read",
    virtual: true,
    opens: reads("/articles", "/articles/*", "/help_center/collections", "/help_center/collections/*", "/help_center/help_centers"),
  },
  {
    name: "tickets:read",
    label: "Read tickets",
    access: "read",
    virtual: true,
    opens: [...reads("/tickets/*", "/ticket_types", "/ticket_types/*"), ...posts("/tickets/search")],
  },
  {
    name: "people:write",
    label: "Change people and companies",
    access: "write",
    virtual: true,
    contains: ["people:read"],
    opens: [
      ...posts(
        "/contacts",
        "/contacts/*/archive",
        "/contacts/*/unarchive",
        "/contacts/*/companies",
        "/contacts/*/notes",
        "/contacts/*/tags",
      ),
      ...posts("/companies"),
      ...rules(["PUT", "DELETE"], "/contacts/*", "/companies/*"),
      ...rules(["DELETE"], "/contacts/*/companies/*", "/contacts/*/tags/*"),
    ],
  },
  {
    name: "conversations:write",
    label: "Reply to and change conversations",
    access: "write",
    virtual: true,
    contains: ["conversations:read"],
    opens: [
      ...posts("/conversations/*/reply", "/conversations/*/parts", "/conversations/*/tags", "/conversations/*/convert"),
      ...rules(["PUT"], "/conversations/*"),
      ...rules(["DELETE"], "/conversations/*/tags/*"),
    ],
  },
  {
    name: "articles:write",
    label: "Change articles",
    access: "write",
    virtual: true,
    contains: ["articles:read"],
    opens: [...posts("/articles"), ...rules(["PUT", "DELETE"], "/articles/*")],
  },
  {
    name: "tickets:write",
    label: "Change tickets",
    access: "write",
    virtual: true,
    contains: ["tickets:read"],
    opens: [...posts("/tickets", "/tickets/*/reply", "/tickets/*/tags"), ...rules(["PUT"], "/tickets/*")],
  },
];

const HOSTS: Readonly<Record<string, string>> = {
  US: "https://api.intercom.io",
  EU: "https://api.eu.intercom.io",
  AU: "https://api.au.intercom.io",
};

/** Where the workspace is kept, as its own app tells. */
function readApiBase(body: unknown): string | null {
  const region = asText(asRecord(asRecord(body)?.app)?.region);
  return region ? (HOSTS[region.toUpperCase()] ?? null) : null;
}

export const intercom: Connector = {
  id: "intercom",
  name: "Intercom",
  summary: "People, conversations, tickets and articles of one Intercom workspace.",
  tile: { letters: "In", color: "#1f5eff" },
  docsUrl: "https://developers.intercom.com/docs/build-an-integration/learn-more/authentication/setting-up-oauth",
  oauth: {
    authorizeUrl: "https://app.intercom.com/oauth",
    tokenUrl: "https://api.intercom.io/auth/eagle/token",
    issuer: null,
    issuerInCallback: "when_present",
    clientAuth: "post",
    pkce: false,
    scopeParameter: "scope",
    scopeSeparator: " ",
    authorizeParameters: {},
  },
  tokens: { accessSeconds: null, refresh: "none", narrowing: { how: "none" }, refreshKillsAccess: false },
  revocation: {
    how: "none",
    url: null,
    reach: "none",
    note: "Intercom has no way to end a token. Valet forgets it; to be sure, have an admin remove the app from the workspace.",
  },
  account: { method: "GET", url: "https://api.intercom.io/me", read: (body) => readFlatAccount(body, "id", ["email", "name"]) },
  api: {
    baseUrl: "https://api.intercom.io",
    perAccount: { from: "account", read: readApiBase, allowed: /^https:\/\/api\.(?:eu\.|au\.)?intercom\.io$/ },
  },
  scopes: SCOPES,
  exceptions: [
    { methods: ANY, path: "/export/**", why: EXPORT },
    { methods: ANY, path: "/download/**", why: EXPORT },
    { methods: ANY, path: "/contacts/merge", why: "It puts two people together for good." },
    { methods: ANY, path: "/auth/**", why: "It makes keys to Intercom, which only Valet may." },
  ],
  probes: [
    mustRead("team:read", "Read who you are", "/me"),
    mustRead("people:read", "Read people", "/contacts?per_page=1"),
    mustRead("conversations:read", "Read conversations", "/conversations?per_page=1"),
    mustRead("articles:read", "Read articles", "/articles?per_page=1"),
    mustRead("tickets:read", "Read kinds of tickets", "/ticket_types"),
    judged("people:write", "Create a contact", "POST", "/contacts"),
    judged("conversations:write", "Reply to a conversation", "POST", "/conversations/0/reply"),
    judged("articles:write", "Create an article", "POST", "/articles"),
    judged("tickets:write", "Create a ticket", "POST", "/tickets"),
  ],
  unverified: [
    "Whether PKCE is honoured: not sent.",
    "That the account's answer names its region: without it nothing is connected.",
    "That workspaces of other regions are reached through the common authorize and token addresses.",
    "What the app may do is chosen in Intercom's developer hub and not told to Valet: calls beyond it are refused by Intercom.",
  ],
};
