import { asRecord, readFlatAccount } from "./account";
import type { Connector, ConnectorScope } from "./connector";
import { deletesNothing, judged, mustRead } from "./probes";
import { posts, reads, rules } from "./rules";

const ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Every path is answered with and without `.json` at its end; one that ends in a star covers both. */
const api = (...tails: string[]) =>
  tails.flatMap((tail) => (tail.endsWith("*") ? [`/api/v2/${tail}`] : [`/api/v2/${tail}`, `/api/v2/${tail}.json`]));

const SCOPES: readonly ConnectorScope[] = [
  {
    name: "tickets:read",
    // `include` in the query brings people and organizations into the same answer.
    label: "Read tickets, and the people and organizations they are about",
    access: "read",
    preset: true,
    opens: reads(
      ...api(
        "tickets",
        "tickets/*",
        "tickets/*/comments",
        "tickets/*/audits",
        "tickets/*/metrics",
        "tickets/*/tags",
        "tickets/*/collaborators",
      ),
      ...api("users/*/tickets/requested", "users/*/tickets/ccd", "users/*/tickets/assigned", "organizations/*/tickets"),
      ...api("incremental/tickets", "incremental/tickets/cursor", "ticket_fields", "ticket_fields/*", "ticket_forms", "ticket_forms/*"),
      ...api(
        "ticket_metrics",
        "ticket_metrics/*",
        "satisfaction_ratings",
        "satisfaction_ratings/*",
        "requests",
        "requests/*",
        "requests/*/comments",
      ),
    ),
  },
  {
    name: "users:read",
    label: "Read people, and the organizations they belong to",
    access: "read",
    preset: true,
    always: true,
    opens: reads(
      ...api("users", "users/*", "users/*/identities", "users/*/groups", "groups", "groups/*", "group_memberships"),
      ...api("incremental/users", "incremental/users/cursor", "user_fields", "user_fields/*"),
    ),
  },
  {
    name: "organizations:read",
    label: "Read organizations",
    access: "read",
    opens: reads(...api("organizations", "organizations/*", "organizations/*/users", "organization_fields", "incremental/organizations")),
  },
  { name: "hc:read", label: "Read the help centre", access: "read", opens: reads("/api/v2/help_center/**") },
  { name: "auditlogs:read", label: "Read audit logs", access: "read", opens: reads(...api("audit_logs", "audit_logs/*")) },
  {
    name: "read",
    label: "Read everything you can see",
    access: "read",
    contains: ["tickets:read", "users:read", "organizations:read", "hc:read", "auditlogs:read"],
    opens: reads(
      ...api("search", "search/count", "search/export", "views", "views/*", "views/*/tickets", "views/*/execute", "views/*/count"),
      ...api("macros", "macros/*", "tags", "brands", "brands/*", "custom_objects", "custom_objects/*", "custom_objects/*/records"),
      ...api("custom_objects/*/records/*", "attachments/*", "suspended_tickets", "suspended_tickets/*"),
    ),
  },
  {
    name: "tickets:write",
    label: "Create, change, answer and delete tickets",
    access: "write",
    opens: [
      ...posts(...api("tickets", "tickets/create_many", "tickets/*/merge", "uploads", "requests")),
      ...rules(["PUT", "DELETE"], ...api("tickets/*")),
      ...rules(["POST", "PUT", "DELETE"], ...api("tickets/*/tags")),
      ...rules(["PUT"], ...api("requests/*")),
    ],
  },
  {
    name: "organizations:write",
    label: "Create, change and delete organizations",
    access: "write",
    opens: [...posts(...api("organizations")), ...rules(["PUT", "DELETE"], ...api("organizations/*"))],
  },
  {
    name: "users:write",
    label: "Create, change and delete people and their roles",
    access: "admin",
    opens: [...posts(...api("users", "users/create_or_update")), ...rules(["PUT", "DELETE"], ...api("users/*"))],
  },
  {
    name: "write",
    label: "Change everything you can change",
    access: "admin",
    contains: ["tickets:write", "organizations:write", "users:write"],
    opens: [
      ...posts(...api("macros", "custom_objects/*/records")),
      ...rules(["PUT", "PATCH", "DELETE"], ...api("macros/*", "custom_objects/*/records/*")),
    ],
  },
];

export const zendesk: Connector = {
  id: "zendesk",
  name: "Zendesk",
  summary: "Tickets, people and organizations of one Zendesk.",
  tile: { letters: "Ze", color: "#03363d" },
  docsUrl: "https://developer.zendesk.com/api-reference/ticketing/oauth/grant_type_tokens",
  tenant: { label: "Your Zendesk subdomain", example: "acme", pattern: /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/ },
  oauth: {
    authorizeUrl: "https://{tenant}.zendesk.com/oauth/authorizations/new",
    tokenUrl: "https://{tenant}.zendesk.com/oauth/tokens",
    issuer: null,
    issuerInCallback: "when_present",
    clientAuth: "post",
    pkce: true,
    scopeParameter: "scope",
    scopeSeparator: " ",
    authorizeParameters: {},
    // A token without an end unless one is asked for, in seconds.
    tokenRequest: { format: "json", parameters: { expires_in: 3600 } },
  },
  // Until a live Zendesk has shown that it keeps to the end that was asked for, its tokens count as endless.
  tokens: { accessSeconds: null, refresh: "rotating", narrowing: { how: "none" }, refreshKillsAccess: true, refreshIdleDays: 30 },
  revocation: {
    how: "none",
    url: null,
    reach: "none",
    note: "Zendesk ends tokens by its own numbers for them, which Valet does not know. Remove the app in Zendesk's admin centre to be sure.",
  },
  account: {
    method: "GET",
    url: "https://{tenant}.zendesk.com/api/v2/users/me",
    read: (body) => readFlatAccount(asRecord(body)?.user, "id", ["email", "name"]),
  },
  separateConsent: "works",
  api: { baseUrl: "https://{tenant}.zendesk.com", bodyLinks: ["/next_page", "/previous_page", "/links/next", "/links/prev"] },
  scopes: SCOPES,
  exceptions: [
    { methods: ANY, path: "/api/v2/oauth/**", why: "It makes, shows or ends keys to Zendesk, which only Valet may." },
    { methods: ANY, path: "/api/v2/api_tokens*/**", why: "It makes, shows or ends keys to Zendesk, which only Valet may." },
    { methods: ANY, path: "/api/v2/webhooks*/**", why: "It makes Zendesk call a third party whenever something changes." },
    { methods: ["POST", "PUT"], path: "/api/v2/users/*/password*/**", why: "It sets a person's password." },
    { methods: ["DELETE"], path: "/api/v2/users/*/sessions*/**", why: "It signs a person out everywhere." },
  ],
  probes: [
    mustRead("users:read", "Read your profile", "/api/v2/users/me"),
    mustRead("tickets:read", "Read tickets", "/api/v2/tickets?per_page=1"),
    mustRead("organizations:read", "Read organizations", "/api/v2/organizations?per_page=1"),
    judged("tickets:write", "Create a ticket", "POST", "/api/v2/tickets"),
    deletesNothing("tickets:write", "Delete a ticket", "/api/v2/tickets", "number"),
    judged("organizations:write", "Create an organization", "POST", "/api/v2/organizations"),
    judged("users:write", "Add a person", "POST", "/api/v2/users"),
    judged("write", "Create a macro", "POST", "/api/v2/macros"),
  ],
  unverified: [
    "Whether a refresh replaces the refresh token, or ends the access token before it.",
    "Whether scope on refresh leaves the refresh token whole: not used.",
    "Ending the token in use by /oauth/tokens/current: not used.",
    "Reads by POST (previews of views, searches of records): refused.",
    "That expires_in is kept to: tokens count as endless.",
  ],
};
