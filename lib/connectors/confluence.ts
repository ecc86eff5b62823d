import { atlassian, atlassianProtocol, siteApi } from "./atlassian";
import type { Connector, ConnectorScope } from "./connector";
import { judged, mustRead } from "./probes";
import { posts, reads, rules } from "./rules";

const ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const V1 = "/wiki/rest/api";
const V2 = "/wiki/api/v2";
const CONTENT = `${V1}/content`;
const SPACES = [`${V1}/space`, `${V1}/space/*`];
const ATTACHMENTS = `${CONTENT}/*/child/attachment`;

/** How much of a page comes back is said by `expand` in the query, so by the token. */
const ALL = "read:confluence-content.all";

const SCOPES: readonly ConnectorScope[] = [
  ...atlassianProtocol,
  {
    name: "read:confluence-space.summary",
    label: "List spaces",
    access: "read",
    preset: true,
    // A space may be asked for with its home page in it.
    inseparableFrom: [ALL],
    opens: reads(...SPACES),
  },
  {
    name: ALL,
    label: "Read all pages, blog posts and comments",
    access: "read",
    preset: true,
    opens: reads(
      ...SPACES,
      ...[
        CONTENT,
        `${CONTENT}/*`,
        `${CONTENT}/search`,
        `${V1}/search`,
        `${CONTENT}/*/history`,
        `${CONTENT}/*/label`,
        `${CONTENT}/*/version/**`,
      ],
      ...[`${CONTENT}/*/child`, `${CONTENT}/*/child/page`, `${CONTENT}/*/child/comment`, ATTACHMENTS],
      ...[`${CONTENT}/*/descendant/**`, `${CONTENT}/*/property/**`, `${V1}/space/*/content/**`],
    ),
  },
  {
    name: "read:confluence-content.summary",
    label: "Read summaries of pages",
    access: "read",
    inseparableFrom: [ALL],
    opens: reads(CONTENT, `${CONTENT}/*`),
  },
  {
    name: "search:confluence",
    label: "Search pages",
    access: "read",
    inseparableFrom: [ALL],
    opens: reads(`${CONTENT}/search`, `${V1}/search`),
  },
  {
    name: "readonly:content.attachment:confluence",
    label: "Download attachments",
    access: "read",
    // By a redirect to a link for one file, which the gateway passes on without the account's token.
    opens: reads(`${ATTACHMENTS}/*/download`),
  },
  {
    name: "read:page:confluence",
    label: "Read pages through the newer API",
    access: "read",
    opens: reads(`${V2}/pages`, `${V2}/pages/*`, `${V2}/pages/*/children`, `${V2}/pages/*/versions`, `${V2}/spaces/*/pages`),
  },
  {
    name: "write:confluence-content",
    label: "Create, change and delete pages and comments",
    access: "write",
    opens: [
      ...posts(CONTENT, `${CONTENT}/*/label`),
      ...rules(["PUT", "DELETE"], `${CONTENT}/*`),
      ...rules(["DELETE"], `${CONTENT}/*/label`, `${CONTENT}/*/label/*`),
    ],
  },
  {
    name: "write:confluence-file",
    label: "Upload attachments",
    access: "write",
    opens: [...rules(["POST", "PUT"], ATTACHMENTS), ...posts(`${ATTACHMENTS}/*/data`)],
  },
  {
    name: "write:page:confluence",
    label: "Create and change pages through the newer API",
    access: "write",
    opens: [...posts(`${V2}/pages`), ...rules(["PUT"], `${V2}/pages/*`, `${V2}/pages/*/title`)],
  },
];

export const confluence: Connector = {
  ...atlassian,
  id: "confluence",
  name: "Confluence",
  summary: "Pages, comments and attachments of one Confluence Cloud site.",
  tile: { letters: "Co", color: "#0052cc" },
  docsUrl: "https://developer.atlassian.com/cloud/confluence/oauth-2-3lo-apps",
  separateConsent: "works",
  api: siteApi("confluence"),
  scopes: SCOPES,
  exceptions: [
    { methods: ANY, path: `${V1}/webhooks/**`, why: "It makes Confluence call a third party whenever something changes." },
    { methods: ANY, path: `${CONTENT}/*/restriction/**`, why: "It changes who may see a page." },
    { methods: ["POST"], path: `${V1}/contentbody/convert/**`, why: "Nobody confirmed that converting text keeps nothing." },
  ],
  probes: [
    mustRead("read:confluence-space.summary", "List spaces", "/wiki/rest/api/space?limit=1"),
    mustRead("read:confluence-content.all", "Read pages", "/wiki/rest/api/content?limit=1"),
    mustRead("read:page:confluence", "Read pages through the newer API", "/wiki/api/v2/pages?limit=1"),
    judged("write:confluence-content", "Create a page", "POST", "/wiki/rest/api/content"),
    judged("write:confluence-content", "Delete a page", "DELETE", "/wiki/rest/api/content/0"),
    judged("write:confluence-file", "Upload an attachment", "POST", "/wiki/rest/api/content/0/child/attachment"),
    judged("write:page:confluence", "Create a page through the newer API", "POST", "/wiki/api/v2/pages"),
  ],
  unverified: [
    "The list of scopes and what each opens: what is not on it is refused.",
    "That contentbody/convert keeps nothing: refused.",
    "That a second consent leaves the first alone on every site: one that ends asks its person to reconnect.",
    "How long an old refresh token is still taken: not relied on.",
    "Which of several sites a consent was meant for: with more than one, nothing is connected.",
  ],
};
