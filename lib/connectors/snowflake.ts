import { asRecord, asText } from "./account";
import type { Connector, ConnectorScope } from "./connector";
import { judged, mustRead } from "./probes";
import { posts, reads } from "./rules";

const API = "/api/v2";
const SCHEMA = `${API}/databases/*/schemas`;

const both = (...paths: string[]) => paths.flatMap((path) => [path, `${path}/*`]);

// One token works in one role, and what the role may do is Snowflake's and its admin's to say. Two names are agreed on, so that
// an agent's role is one that was made for it; a token in any other role opens nothing here.
const SCOPES: readonly ConnectorScope[] = [
  { name: "refresh_token", label: "Keep access while you are away", access: "read", protocol: true, opens: [] },
  {
    name: "objects:read",
    label: "Read what databases, tables and warehouses there are",
    access: "read",
    virtual: true,
    opens: reads(
      ...both(`${API}/databases`, SCHEMA, `${SCHEMA}/*/tables`, `${SCHEMA}/*/views`, `${API}/warehouses`),
      `${API}/statements/*`,
    ),
  },
  {
    name: "session:role:VALET_READER",
    label: "Read in the role VALET_READER, which your admin made for reading",
    access: "read",
    preset: true,
    contains: ["objects:read"],
    // No SQL: nothing here tells a statement that reads from one that writes.
    opens: [],
  },
  {
    name: "session:role:VALET_WRITER",
    label: "Run any SQL that the role VALET_WRITER may",
    access: "admin",
    contains: ["objects:read"],
    opens: posts(`${API}/statements`, `${API}/statements/*/cancel`),
  },
];

const ROLES = ["VALET_READER", "VALET_WRITER"];

/**
 * A user is known by name within one Snowflake account, and a connection is for one role. In any other role nobody is known: a
 * token answer need not say which role it is for, and then what was asked for would pass for what was given.
 */
function readAccount(body: unknown): { id: string; name: string } | null {
  const rows = asRecord(body)?.data;
  const row: unknown = Array.isArray(rows) ? rows[0] : null;
  const [user, role, place] = Array.isArray(row) ? row.map(asText) : [];
  if (!user || !role || !place || !ROLES.includes(role)) return null;
  return { id: `${place}.${user}.${role}`, name: `${user} at ${place} as ${role}` };
}

export const snowflake: Connector = {
  id: "snowflake",
  name: "Snowflake",
  summary: "Databases of one Snowflake account, in a role made for agents.",
  tile: { letters: "Sn", color: "#11567f" },
  docsUrl: "https://docs.snowflake.com/en/user-guide/oauth-custom",
  tenant: {
    label: "Your Snowflake account identifier",
    example: "acme-analytics",
    pattern: /^[a-z][a-z0-9-]{0,62}(?:\.[a-z][a-z0-9-]{0,30}){0,2}$/,
  },
  oauth: {
    authorizeUrl: "https://{tenant}.snowflakecomputing.com/oauth/authorize",
    tokenUrl: "https://{tenant}.snowflakecomputing.com/oauth/token-request",
    issuer: null,
    issuerInCallback: "when_present",
    clientAuth: "basic",
    pkce: true,
    scopeParameter: "scope",
    scopeSeparator: " ",
    authorizeParameters: {},
  },
  // Said to be ten minutes, by no source of Snowflake's own. With the token in hand an agent could run any SQL its role may, and
  // only the gateway keeps it from that: 90 minutes keeps tokens from being handed out.
  tokens: { accessSeconds: 5400, refresh: "rotating", narrowing: { how: "none" }, refreshKillsAccess: true },
  revocation: {
    how: "none",
    url: null,
    reach: "none",
    note: "Snowflake ends tokens by an administrator's SQL alone. Valet forgets this one; a token ends by itself within minutes.",
  },
  account: {
    method: "POST",
    url: "https://{tenant}.snowflakecomputing.com/api/v2/statements",
    body: '{"statement":"SELECT CURRENT_USER(), CURRENT_ROLE(), CURRENT_ACCOUNT()","timeout":10}',
    read: readAccount,
  },
  separateConsent: "works",
  api: { baseUrl: "https://{tenant}.snowflakecomputing.com" },
  scopes: SCOPES,
  exceptions: [
    { methods: ["GET", "POST"], path: "/oauth/**", why: "It makes keys to Snowflake, which only Valet may." },
    { methods: ["POST"], path: "/session/**", why: "It opens a session beside this API, where SQL cannot be judged." },
    { methods: ["POST"], path: "/queries/**", why: "It is the drivers' own way to run SQL, which cannot be judged." },
  ],
  probes: [
    mustRead("objects:read", "List databases", "/api/v2/databases?showLimit=1"),
    judged("session:role:VALET_WRITER", "Run SQL", "POST", "/api/v2/statements"),
  ],
  unverified: [
    "What the role VALET_READER may do: an admin has to make it, with USAGE and SELECT alone.",
    "How long tokens live, and whether refresh tokens work once: none is handed out, and each is used once.",
    "How a token is revoked by SQL: not done.",
    "That the token's answer names the role: Snowflake is asked for it, and in any other role nothing is connected.",
    "That the statement that asks for the user's name needs no warehouse: without an answer nothing is connected.",
    "Whether a user's name can pass to somebody else: a person has to sign in as that user either way.",
  ],
};
