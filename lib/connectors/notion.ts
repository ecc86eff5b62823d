import { asRecord, asText } from "./account";
import type { Access, Connector, ConnectorScope, Rule } from "./connector";
import { deletesNothing, judged, mustRead, mustReadByPost } from "./probes";
import { posts, reads, rules } from "./rules";

const ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/**
 * Notion has no scopes: what a token may do was settled when the connection was registered there, and no answer says it.
 * So every connection counts as holding all of these, and the gateway keeps an agent to its own.
 */
function capability(name: string, label: string, access: Access, opens: readonly Rule[], ...contains: string[]): ConnectorScope {
  return { name, label, access, virtual: true, opens, ...(contains.length > 0 ? { contains } : {}) };
}

const SCOPES: readonly ConnectorScope[] = [
  capability("read_content", "Read pages and databases you shared", "read", [
    ...reads("/v1/pages/*", "/v1/pages/*/properties/*", "/v1/pages/*/markdown", "/v1/blocks/*", "/v1/blocks/*/children"),
    ...reads("/v1/databases/*", "/v1/data_sources/*", "/v1/data_sources/*/templates", "/v1/file_uploads", "/v1/file_uploads/*"),
    // What is looked for stands in a body, and nothing is kept.
    ...posts("/v1/search", "/v1/databases/*/query", "/v1/data_sources/*/query"),
  ]),
  capability("read_comments", "Read comments", "read", reads("/v1/comments", "/v1/comments/*")),
  capability("read_user_info", "See people of the workspace", "read", reads("/v1/users", "/v1/users/*")),
  capability("insert_comments", "Write comments", "write", posts("/v1/comments")),
  capability("insert_content", "Create pages and add to them", "write", [
    ...posts(
      "/v1/pages",
      "/v1/databases",
      "/v1/data_sources",
      "/v1/file_uploads",
      "/v1/file_uploads/*/send",
      "/v1/file_uploads/*/complete",
    ),
    ...rules(["PATCH"], "/v1/blocks/*/children"),
  ]),
  capability(
    "update_content",
    "Read, change and delete pages",
    "write",
    [...rules(["PATCH"], "/v1/pages/*", "/v1/blocks/*", "/v1/databases/*", "/v1/data_sources/*"), ...rules(["DELETE"], "/v1/blocks/*")],
    "read_content",
  ),
];

/** The token is a bot's, which acts for the person who owns it. Its id stands for both when the answer does not name them. */
function readAccount(body: unknown): { id: string; name: string } | null {
  const answer = asRecord(body);
  const bot = asRecord(answer?.bot);
  const person = asRecord(asRecord(bot?.owner)?.user);
  const [workspace, user] = [asText(bot?.workspace_id), asText(person?.id)];
  const id = workspace && user ? `${workspace}.${user}` : asText(answer?.id);
  const name = asText(asRecord(person?.person)?.email) ?? asText(person?.name) ?? asText(answer?.name);
  const place = asText(bot?.workspace_name);
  return bot && id && name ? { id, name: place ? `${name} at ${place}` : name } : null;
}

export const notion: Connector = {
  id: "notion",
  name: "Notion",
  summary: "Pages, databases and comments that a person shared from one workspace.",
  tile: { letters: "No", color: "#191919" },
  docsUrl: "https://developers.notion.com/docs/authorization",
  headers: { "notion-version": "2025-09-03" },
  oauth: {
    authorizeUrl: "https://api.notion.com/v1/oauth/authorize",
    tokenUrl: "https://api.notion.com/v1/oauth/token",
    issuer: null,
    issuerInCallback: "when_present",
    clientAuth: "basic",
    pkce: false,
    scopeParameter: "scope",
    scopeSeparator: " ",
    authorizeParameters: { owner: "user" },
    tokenRequest: { format: "json" },
  },
  tokens: { accessSeconds: null, refresh: "rotating", narrowing: { how: "none" }, refreshKillsAccess: true },
  revocation: {
    how: "rfc7009",
    url: "https://api.notion.com/v1/oauth/revoke",
    reach: "connection",
    note: "Notion ends the token. The app stays on the workspace's list of connections until somebody removes it there.",
  },
  account: { method: "GET", url: "https://api.notion.com/v1/users/me", read: readAccount },
  api: { baseUrl: "https://api.notion.com" },
  scopes: SCOPES,
  exceptions: [
    { methods: ANY, path: "/v1/oauth/**", why: "It makes, shows or ends keys to Notion, which only Valet may." },
    { methods: ["POST"], path: "/v1/views/*/queries", why: "It keeps a query in the workspace." },
    { methods: ANY, path: "/v1/webhooks/**", why: "It makes Notion call a third party whenever something changes." },
  ],
  probes: [
    mustRead("read_user_info", "List people", "/v1/users?page_size=1"),
    mustReadByPost("read_content", "Search pages", "/v1/search", { page_size: 1 }),
    judged("insert_comments", "Comment on a page", "POST", "/v1/comments"),
    judged("insert_content", "Create a page", "POST", "/v1/pages"),
    deletesNothing("update_content", "Delete a block", "/v1/blocks", "uuid"),
    judged("update_content", "Change a page", "PATCH", "/v1/pages/0"),
  ],
  unverified: [
    "How long an access token lives, and whether a refresh ends the one before it: none is handed out.",
    "Whether each authorization gives tokens of its own: not used.",
    "Queries of meeting notes and agents: refused.",
    "That the answer about a bot always names its workspace and its person: the bot's own id stands in.",
  ],
};
