import { readFlatAccount } from "./account";
import type { Connector, ConnectorScope } from "./connector";
import { judged, mustRead } from "./probes";
import { posts, reads, rules } from "./rules";

const ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const DESIGN = "/v1/designs/*";

const SCOPES: readonly ConnectorScope[] = [
  { name: "openid", label: "Sign in with Canva", access: "read", protocol: true, opens: [] },
  {
    name: "profile:read",
    label: "Read your profile",
    access: "read",
    preset: true,
    opens: reads("/v1/users/me", "/v1/users/me/profile", "/v1/users/me/capabilities"),
  },
  {
    name: "design:meta:read",
    label: "List designs and their details",
    access: "read",
    preset: true,
    opens: reads("/v1/designs", DESIGN, "/v1/autofills/*"),
  },
  {
    name: "design:content:read",
    label: "See designs, and export them to links that open for a day",
    access: "read",
    opens: [
      ...reads(`${DESIGN}/pages`, `${DESIGN}/export-formats`, "/v1/exports/*"),
      // An export makes a file for whoever asked and leaves the design as it is.
      ...posts("/v1/exports"),
    ],
  },
  { name: "folder:read", label: "See folders", access: "read", opens: reads("/v1/folders/*", "/v1/folders/*/items") },
  {
    name: "asset:read",
    label: "See uploaded assets",
    access: "read",
    opens: reads("/v1/assets/*", "/v1/asset-uploads/*", "/v1/url-asset-uploads/*"),
  },
  {
    name: "comment:read",
    label: "Read comments",
    access: "read",
    opens: reads(`${DESIGN}/comments/*`, `${DESIGN}/comments/*/replies`, `${DESIGN}/comments/*/replies/*`),
  },
  {
    name: "brandtemplate:content:read",
    label: "Read fields of brand templates",
    access: "read",
    opens: reads("/v1/brand-templates/*/dataset"),
  },
  {
    name: "comment:write",
    label: "Write comments",
    access: "write",
    opens: posts(`${DESIGN}/comments`, `${DESIGN}/comments/*/replies`),
  },
  {
    name: "design:content:write",
    label: "Create designs",
    access: "write",
    opens: [
      ...posts("/v1/designs", "/v1/autofills", "/v1/resizes", "/v1/imports", "/v1/url-imports"),
      // Canva asks for this scope even to look at how an import stands.
      ...reads("/v1/imports/*", "/v1/url-imports/*", "/v1/resizes/*"),
    ],
  },
  {
    name: "asset:write",
    label: "Upload, change and delete assets",
    access: "write",
    opens: [...posts("/v1/asset-uploads", "/v1/url-asset-uploads"), ...rules(["PATCH", "DELETE"], "/v1/assets/*")],
  },
  {
    name: "folder:write",
    label: "Create, change, move and delete folders",
    access: "write",
    opens: [...posts("/v1/folders", "/v1/folders/move"), ...rules(["PATCH", "DELETE"], "/v1/folders/*")],
  },
];

export const canva: Connector = {
  id: "canva",
  name: "Canva",
  summary: "Designs, assets, folders and comments of one Canva account.",
  tile: { letters: "Cv", color: "#7d2ae8" },
  docsUrl: "https://www.canva.dev/docs/connect/authentication",
  oauth: {
    authorizeUrl: "https://www.canva.com/api/oauth/authorize",
    tokenUrl: "https://api.canva.com/rest/v1/oauth/token",
    issuer: null,
    issuerInCallback: "when_present",
    clientAuth: "basic",
    pkce: true,
    scopeParameter: "scope",
    scopeSeparator: " ",
    authorizeParameters: {},
  },
  // `scope` on refresh is likely to cut the refresh token that comes with the answer, so the connection: never asked for.
  tokens: { accessSeconds: 14_400, refresh: "rotating", narrowing: { how: "none" }, refreshKillsAccess: false },
  revocation: {
    how: "rfc7009",
    url: "https://api.canva.com/rest/v1/oauth/revoke",
    reach: "connection",
    note: "Canva ends everything that came from the refresh token, and the consent with it.",
  },
  account: {
    method: "GET",
    url: "https://api.canva.com/rest/v1/oidc/userinfo",
    read: (body) => readFlatAccount(body, "sub", ["email", "name", "sub"]),
  },
  api: { baseUrl: "https://api.canva.com/rest" },
  scopes: SCOPES,
  exceptions: [
    { methods: ANY, path: "/v1/oauth/**", why: "It makes, shows or ends keys to Canva, which only Valet may." },
    { methods: ANY, path: "/v1/oidc/**", why: "It says who the person is for signing in, which is not lent." },
  ],
  probes: [
    mustRead("profile:read", "Read your profile", "/v1/users/me/profile"),
    mustRead("design:meta:read", "List designs", "/v1/designs"),
    judged("comment:write", "Comment on a design", "POST", "/v1/designs/0/comments"),
    judged("design:content:write", "Create a design", "POST", "/v1/designs"),
    judged("asset:write", "Upload an asset", "POST", "/v1/asset-uploads"),
    judged("folder:write", "Create a folder", "POST", "/v1/folders"),
  ],
  unverified: [
    "Whether scope on refresh narrows the connection for good: never sent.",
    "What further members the answer about the person has beside sub.",
    "Whether the addresses of designs in their details open without signing in.",
  ],
};
