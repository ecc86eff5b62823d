import { asRecord, readFlatAccount } from "./account";
import type { Connector, ConnectorScope, Rule } from "./connector";
import { judgedGraphql, mustReadByPost } from "./probes";

const ENDPOINT = "/v2";
const fields = (graphql: "query" | "mutation", ...rootFields: string[]): Rule[] => [
  { methods: ["POST"], path: ENDPOINT, graphql, rootFields },
];

const READS = [
  { name: "me:read", label: "Read your profile", preset: true, roots: ["me"] },
  {
    name: "boards:read",
    label: "Read boards and items",
    preset: true,
    roots: ["boards", "items", "items_page_by_column_values", "next_items_page"],
  },
  { name: "users:read", label: "Read people", preset: false, roots: ["users"] },
  { name: "updates:read", label: "Read updates", preset: false, roots: ["updates"] },
  { name: "workspaces:read", label: "Read workspaces and folders", preset: false, roots: ["workspaces", "folders"] },
  { name: "teams:read", label: "Read teams", preset: false, roots: ["teams"] },
  { name: "tags:read", label: "Read tags", preset: false, roots: ["tags"] },
] as const;

/** One question reaches from boards to people and updates, and a change answers with whatever it is asked for: only the token stops it. */
const readsOtherThan = (name: string) => READS.map((read) => read.name).filter((other) => other !== name);

const ITEMS = [
  ...["create_item", "create_subitem", "duplicate_item", "archive_item", "delete_item", "move_item_to_group", "move_item_to_board"],
  ...["change_column_value", "change_simple_column_value", "change_multiple_column_values"],
];
const BOARDS = [
  ...[
    "create_board",
    "duplicate_board",
    "update_board",
    "archive_board",
    "delete_board",
    "create_column",
    "change_column_title",
    "delete_column",
  ],
  ...["create_group", "update_group", "duplicate_group", "archive_group", "delete_group"],
];

const SCOPES: readonly ConnectorScope[] = [
  ...READS.map(
    ({ name, label, preset, roots }): ConnectorScope => ({
      name,
      label,
      access: "read",
      preset,
      always: name === "me:read",
      inseparableFrom: readsOtherThan(name),
      opens: fields("query", ...roots),
    }),
  ),
  {
    name: "boards:write",
    label: "Change boards and items",
    access: "write",
    inseparableFrom: readsOtherThan("boards:write"),
    opens: fields("mutation", ...ITEMS, ...BOARDS),
  },
  {
    name: "updates:write",
    label: "Write, change and delete updates",
    access: "write",
    inseparableFrom: readsOtherThan("updates:write"),
    opens: fields("mutation", "create_update", "edit_update", "delete_update", "like_update"),
  },
];

export const monday: Connector = {
  id: "monday",
  name: "monday.com",
  summary: "Boards, items and updates of one monday.com account.",
  tile: { letters: "mo", color: "#b0124b" },
  docsUrl: "https://developer.monday.com/apps/docs/oauth",
  oauth: {
    authorizeUrl: "https://auth.monday.com/oauth2/authorize",
    tokenUrl: "https://auth.monday.com/oauth2/token",
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
    note: "Only uninstalling the app at monday.com ends its tokens. Valet forgets this one.",
  },
  account: {
    method: "POST",
    url: "https://api.monday.com/v2",
    body: '{"query":"{ me { id name email } }"}',
    read: (body) => readFlatAccount(asRecord(asRecord(body)?.data)?.me, "id", ["email", "name"]),
  },
  api: { baseUrl: "https://api.monday.com", graphqlPath: ENDPOINT },
  scopes: SCOPES,
  exceptions: [{ methods: ["POST"], path: "/v2/file", why: "Its form cannot be read as GraphQL, so nothing says what it would do." }],
  probes: [
    mustReadByPost("me:read", "Read your profile", "/v2", { query: "{ me { id } }" }),
    mustReadByPost("boards:read", "Read boards", "/v2", { query: "{ boards(limit: 1) { id } }" }),
    mustReadByPost("users:read", "Read people", "/v2", { query: "{ users(limit: 1) { id } }" }),
    judgedGraphql("boards:write", "Create an item", "/v2", 'mutation { create_item(board_id: 0, item_name: "") { id } }'),
    judgedGraphql("updates:write", "Write an update", "/v2", 'mutation { create_update(item_id: 0, body: "") { id } }'),
  ],
  unverified: [
    "Most of this connector: it is made from a catalogue and was not tried.",
    "The names of scopes and root fields: what is not listed is refused.",
    "Whether one scope includes another: not relied on.",
    "That a token is taken with the word Bearer in front of it: without it nothing works, and nothing is opened by it.",
  ],
};
