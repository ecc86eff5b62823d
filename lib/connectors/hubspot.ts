import { asRecord, asText } from "./account";
import type { Connector, ConnectorScope, Rule } from "./connector";
import { judged, mustRead } from "./probes";
import { posts, reads, rules } from "./rules";

const ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"];

const objects = (type: string) => `/crm/v3/objects/${type}`;

/** Filters and lists of ids do not fit into an address: search and batch/read keep nothing. */
function readsOf(type: string): Rule[] {
  return [
    ...reads(objects(type), `${objects(type)}/*`, `${objects(type)}/*/associations/*`, `/crm/v4/objects/${type}/*/associations/*`),
    ...reads(`/crm/v3/properties/${type}`, `/crm/v3/properties/${type}/*`),
    ...posts(`${objects(type)}/search`, `${objects(type)}/batch/read`, `/crm/v3/properties/${type}/batch/read`),
  ];
}

function writesOf(type: string): Rule[] {
  const batches = ["create", "update", "upsert", "archive"].map((verb) => `${objects(type)}/batch/${verb}`);
  return [...posts(objects(type), ...batches), ...rules(["PATCH", "DELETE"], `${objects(type)}/*`)];
}

const SCOPES: readonly ConnectorScope[] = [
  { name: "oauth", label: "Sign in with HubSpot", access: "read", protocol: true, opens: [] },
  { name: "crm.objects.contacts.read", label: "Read contacts", access: "read", preset: true, opens: readsOf("contacts") },
  { name: "crm.objects.companies.read", label: "Read companies", access: "read", opens: readsOf("companies") },
  { name: "crm.objects.deals.read", label: "Read deals", access: "read", opens: readsOf("deals") },
  { name: "crm.objects.owners.read", label: "Read owners of records", access: "read", opens: reads("/crm/v3/owners", "/crm/v3/owners/*") },
  { name: "tickets:read", label: "Read tickets", access: "read", virtual: true, opens: readsOf("tickets") },
  { name: "crm.objects.contacts.write", label: "Create, change and delete contacts", access: "write", opens: writesOf("contacts") },
  { name: "crm.objects.companies.write", label: "Create, change and delete companies", access: "write", opens: writesOf("companies") },
  { name: "crm.objects.deals.write", label: "Create, change and delete deals", access: "write", opens: writesOf("deals") },
  {
    name: "tickets",
    label: "Read, create, change and delete tickets",
    access: "write",
    contains: ["tickets:read"],
    opens: writesOf("tickets"),
  },
  {
    name: "crm.schemas.contacts.write",
    label: "Change which properties contacts have",
    access: "admin",
    opens: [...posts("/crm/v3/properties/contacts"), ...rules(["PATCH", "DELETE"], "/crm/v3/properties/contacts/*")],
  },
  {
    name: "settings.users.write",
    label: "Manage people of the HubSpot account",
    access: "admin",
    opens: [...posts("/settings/v3/users"), ...rules(["PUT", "DELETE"], "/settings/v3/users/*")],
  },
];

/** The grant belongs to the HubSpot account, and no answer to the token alone names the person who gave it. */
function readAccount(body: unknown): { id: string; name: string } | null {
  const id = asText(asRecord(body)?.portalId);
  return id ? { id, name: `HubSpot account ${id}` } : null;
}

export const hubspot: Connector = {
  id: "hubspot",
  name: "HubSpot",
  summary: "Contacts, companies, deals and tickets of one HubSpot account.",
  tile: { letters: "Hu", color: "#ff5c35" },
  docsUrl: "https://developers.hubspot.com/docs/api-reference/auth-oauth-v3/guide",
  oauth: {
    authorizeUrl: "https://app.hubspot.com/oauth/authorize",
    tokenUrl: "https://api.hubapi.com/oauth/v3/token",
    issuer: null,
    issuerInCallback: "when_present",
    clientAuth: "post",
    pkce: false,
    scopeParameter: "scope",
    scopeSeparator: " ",
    authorizeParameters: {},
  },
  // Nothing says that a refresh leaves the token before it alone: taken to kill it, so that none is handed out.
  tokens: { accessSeconds: 1800, refresh: "rotating", narrowing: { how: "none" }, refreshKillsAccess: true },
  revocation: {
    how: "none",
    url: null,
    reach: "none",
    note: "HubSpot ends a token only by an address that holds the token itself, which Valet does not send. Remove the app in HubSpot's settings to be sure.",
  },
  account: { method: "GET", url: "https://api.hubapi.com/account-info/v3/details", read: readAccount },
  readRegistration: "works",
  api: { baseUrl: "https://api.hubapi.com", bodyLinks: ["/paging/next/link"] },
  scopes: SCOPES,
  exceptions: [
    { methods: ANY, path: "/oauth/**", why: "It makes, shows or ends keys to HubSpot, which only Valet may." },
    { methods: ANY, path: "/webhooks/**", why: "It makes HubSpot call a third party whenever something changes." },
  ],
  probes: [
    mustRead("crm.objects.contacts.read", "Read contacts", "/crm/v3/objects/contacts?limit=1"),
    mustRead("crm.objects.companies.read", "Read companies", "/crm/v3/objects/companies?limit=1"),
    mustRead("crm.objects.deals.read", "Read deals", "/crm/v3/objects/deals?limit=1"),
    mustRead("crm.objects.owners.read", "Read owners", "/crm/v3/owners?limit=1"),
    mustRead("tickets:read", "Read tickets", "/crm/v3/objects/tickets?limit=1"),
    judged("crm.objects.contacts.write", "Create a contact", "POST", "/crm/v3/objects/contacts"),
    judged("crm.objects.companies.write", "Create a company", "POST", "/crm/v3/objects/companies"),
    judged("crm.objects.deals.write", "Create a deal", "POST", "/crm/v3/objects/deals"),
    judged("tickets", "Create a ticket", "POST", "/crm/v3/objects/tickets"),
    judged("crm.schemas.contacts.write", "Add a property to contacts", "POST", "/crm/v3/properties/contacts"),
    judged("settings.users.write", "Add a person", "POST", "/settings/v3/users"),
  ],
  unverified: [
    "Whether a refresh token is replaced, and whether a refresh ends the access token before it.",
    "PKCE: not used.",
    "What scope on refresh does: not used.",
    "That the account's details answer a token with the scope oauth alone: without them nothing is connected.",
  ],
};
