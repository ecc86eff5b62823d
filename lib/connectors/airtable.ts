import { readFlatAccount } from "./account";
import type { Connector, ConnectorScope } from "./connector";
import { judged, mustRead } from "./probes";
import { posts, reads, rules } from "./rules";

const ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"];
/** Ids begin with `app` and `rec`, and that keeps a table apart from what else lives below /v0. */
const TABLE = "/v0/app*/*";
const RECORD = `${TABLE}/rec*`;
const META = "/v0/meta/bases";

const SCOPES: readonly ConnectorScope[] = [
  {
    name: "user.email:read",
    label: "See your e-mail address",
    access: "read",
    preset: true,
    opens: reads("/v0/meta/whoami"),
  },
  {
    name: "schema.bases:read",
    label: "Read how bases are built",
    access: "read",
    preset: true,
    opens: reads(META, `${META}/*/tables`),
  },
  {
    name: "data.records:read",
    label: "Read records",
    access: "read",
    preset: true,
    // A long filter does not fit into an address, so Airtable reads it from a body.
    opens: [...reads(TABLE, RECORD), ...posts(`${TABLE}/listRecords`)],
  },
  { name: "data.recordComments:read", label: "Read comments", access: "read", opens: reads(`${RECORD}/comments`) },
  {
    name: "data.records:write",
    label: "Create, change and delete records, and read those it changes",
    access: "write",
    opens: [...rules(["POST", "PUT", "PATCH", "DELETE"], TABLE), ...rules(["PUT", "PATCH", "DELETE"], RECORD)],
  },
  {
    name: "data.recordComments:write",
    label: "Write, change and delete your comments",
    access: "write",
    opens: [...posts(`${RECORD}/comments`), ...rules(["PATCH", "DELETE"], `${RECORD}/comments/com*`)],
  },
  {
    name: "schema.bases:write",
    label: "Change how bases are built",
    access: "admin",
    opens: [
      ...posts(META, `${META}/*/tables`, `${META}/*/tables/*/fields`),
      ...rules(["PATCH"], `${META}/*/tables/*`, `${META}/*/tables/*/fields/*`),
    ],
  },
];

export const airtable: Connector = {
  id: "airtable",
  name: "Airtable",
  summary: "Records, comments and structure of the bases a person picks.",
  tile: { letters: "Ai", color: "#b8860b" },
  docsUrl: "https://airtable.com/developers/web/api/oauth-reference",
  oauth: {
    authorizeUrl: "https://airtable.com/oauth2/v1/authorize",
    tokenUrl: "https://airtable.com/oauth2/v1/token",
    issuer: null,
    issuerInCallback: "when_present",
    clientAuth: "basic",
    pkce: true,
    scopeParameter: "scope",
    scopeSeparator: " ",
    authorizeParameters: {},
  },
  tokens: { accessSeconds: 3600, refresh: "rotating", narrowing: { how: "none" }, refreshKillsAccess: true, refreshIdleDays: 60 },
  revocation: {
    how: "none",
    url: null,
    reach: "none",
    note: "Airtable has no documented way to end a token. Valet forgets it; to be sure, remove the integration in your Airtable account.",
  },
  account: {
    method: "GET",
    url: "https://api.airtable.com/v0/meta/whoami",
    read: (body) => readFlatAccount(body, "id", ["email", "id"]),
  },
  api: { baseUrl: "https://api.airtable.com" },
  scopes: SCOPES,
  exceptions: [
    {
      methods: ANY,
      path: "/v0/bases/*/webhooks/**",
      why: "It makes Airtable call a third party whenever something changes, beyond the end of this grant.",
    },
    { methods: ANY, path: "/v0/meta/enterpriseAccounts/**", why: "It administers the whole enterprise." },
  ],
  probes: [
    mustRead("user.email:read", "See your e-mail address", "/v0/meta/whoami"),
    mustRead("schema.bases:read", "List bases", "/v0/meta/bases"),
    judged("data.records:write", "Create a record", "POST", "/v0/app0/Tasks"),
    judged("data.records:write", "Delete records", "DELETE", "/v0/app0/Tasks"),
    judged("data.recordComments:write", "Comment on a record", "POST", "/v0/app0/Tasks/rec0/comments"),
    judged("schema.bases:write", "Create a base", "POST", "/v0/meta/bases"),
  ],
  resources: [
    {
      id: "base",
      label: "Only these bases, by their ids",
      example: "appLkNDICXNqxSDhG",
      pattern: /^app[A-Za-z0-9]{10,20}$/,
      governs: [
        ...["schema.bases:read", "data.records:read", "data.recordComments:read", "data.records:write"],
        ...["data.recordComments:write", "schema.bases:write"],
      ],
      apart: ["user.email:read"],
      listing: {
        scopes: ["schema.bases:read"],
        path: META,
        query: {},
        items: "bases",
        id: "{id}",
        label: "{name}",
        next: { how: "cursor", member: "offset", parameter: "offset" },
      },
      named: [{ path: "/v0/{app*}/**" }, { path: `${META}/{}/**` }],
    },
  ],
  unverified: [
    "How long an access token lives, and that a refresh ends the one before: none is handed out.",
    "Whether scope on refresh narrows: not used.",
    "How a token is revoked: not done.",
    "Whether whoami lists the granted scopes: not relied on.",
    "That ids of bases, records and comments always begin with app, rec and com: others are refused.",
  ],
};
