import { readFlatAccount } from "./account";
import type { Connector, ConnectorScope } from "./connector";
import { judged, mustRead } from "./probes";
import { posts, reads, rules } from "./rules";

const ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const FILE = "/v1/files/*";

const SCOPES: readonly ConnectorScope[] = [
  { name: "current_user:read", label: "Read your profile", access: "read", preset: true, always: true, opens: reads("/v1/me") },
  {
    name: "file_content:read",
    label: "Read files, and make pictures of them that open for whoever has their link",
    access: "read",
    preset: true,
    opens: reads(FILE, `${FILE}/nodes`, `${FILE}/images`, "/v1/images/*"),
  },
  { name: "file_metadata:read", label: "Read names and details of files", access: "read", opens: reads(`${FILE}/meta`) },
  {
    name: "file_comments:read",
    label: "Read comments",
    access: "read",
    opens: reads(`${FILE}/comments`, `${FILE}/comments/*/reactions`),
  },
  { name: "file_versions:read", label: "Read the history of files", access: "read", opens: reads(`${FILE}/versions`) },
  {
    name: "projects:read",
    label: "List projects and their files",
    access: "read",
    opens: reads("/v1/teams/*/projects", "/v1/projects/*/files"),
  },
  {
    name: "library_content:read",
    label: "Read published components and styles of files",
    access: "read",
    opens: reads(`${FILE}/components`, `${FILE}/component_sets`, `${FILE}/styles`),
  },
  {
    name: "file_variables:read",
    label: "Read variables of files",
    access: "read",
    opens: reads(`${FILE}/variables/local`, `${FILE}/variables/published`),
  },
  {
    name: "file_comments:write",
    label: "Write and delete comments",
    access: "write",
    opens: [
      ...posts(`${FILE}/comments`, `${FILE}/comments/*/reactions`),
      ...rules(["DELETE"], `${FILE}/comments/*`, `${FILE}/comments/*/reactions`),
    ],
  },
  {
    name: "file_dev_resources:write",
    label: "Change dev resources of files",
    access: "write",
    opens: [...rules(["POST", "PUT"], "/v1/dev_resources"), ...rules(["DELETE"], `${FILE}/dev_resources/*`)],
  },
  { name: "file_variables:write", label: "Change variables of files", access: "write", opens: posts(`${FILE}/variables`) },
  {
    name: "org:activity_log_read",
    label: "Read what everybody in the organization did",
    access: "admin",
    opens: reads("/v1/activity_logs"),
  },
];

export const figma: Connector = {
  id: "figma",
  name: "Figma",
  summary: "Files, comments and libraries of one Figma account.",
  tile: { letters: "Fi", color: "#a259ff" },
  docsUrl: "https://developers.figma.com/docs/rest-api/authentication",
  oauth: {
    authorizeUrl: "https://www.figma.com/oauth",
    tokenUrl: "https://api.figma.com/v1/oauth/token",
    issuer: null,
    issuerInCallback: "when_present",
    clientAuth: "basic",
    pkce: false,
    scopeParameter: "scope",
    scopeSeparator: " ",
    authorizeParameters: {},
    tokenRequest: { refreshUrl: "https://api.figma.com/v1/oauth/refresh" },
  },
  // One live token per person and app: whatever brings a new one may end the one before.
  tokens: { accessSeconds: 7_776_000, refresh: "stable", narrowing: { how: "none" }, refreshKillsAccess: true },
  revocation: {
    how: "none",
    url: null,
    reach: "none",
    note: "Figma has no way to end a token from outside. Valet forgets it; to be sure, remove the app in Figma's settings.",
  },
  account: { method: "GET", url: "https://api.figma.com/v1/me", read: (body) => readFlatAccount(body, "id", ["email", "handle"]) },
  readRegistration: "works",
  api: { baseUrl: "https://api.figma.com" },
  scopes: SCOPES,
  exceptions: [
    { methods: ANY, path: "/v1/oauth/**", why: "It makes keys to Figma, which only Valet may." },
    { methods: ANY, path: "/v2/webhooks/**", why: "It makes Figma call a third party whenever something changes." },
    { methods: ANY, path: "/v2/teams/*/webhooks", why: "It is about calls that Figma makes to third parties." },
  ],
  probes: [
    mustRead("current_user:read", "Read your profile", "/v1/me"),
    judged("file_comments:write", "Comment on a file", "POST", "/v1/files/0/comments"),
    judged("file_dev_resources:write", "Add a dev resource", "POST", "/v1/dev_resources"),
    judged("file_variables:write", "Change variables", "POST", "/v1/files/0/variables"),
    judged("org:activity_log_read", "Read the activity of everybody", "GET", "/v1/activity_logs"),
  ],
  resources: [
    {
      id: "file",
      label: "Only these files, by their keys",
      example: "hX9kLmN2pQrStUvWxYz012",
      pattern: /^[A-Za-z0-9]{10,60}$/,
      governs: [
        ...["file_content:read", "file_metadata:read", "file_comments:read", "file_versions:read", "library_content:read"],
        ...["file_variables:read", "file_comments:write", "file_variables:write"],
      ],
      apart: ["current_user:read"],
      named: [{ path: "/v1/files/{}/**" }, { path: "/v1/images/{}" }],
    },
  ],
  unverified: [
    "How long an access token lives: taken to be 90 days, so none is handed out.",
    "PKCE at these endpoints: not used.",
    "What separates scopes: a space, and a wrong one would be refused on connecting.",
    "That a code lives for 30 seconds.",
    "That the address for refreshing answers without a new refresh token: the old one is kept then.",
  ],
};
