import { readFlatAccount } from "./account";
import type { Connector } from "./connector";
import { deletesNothing, guarded, judged, judgedGraphql, mustRead, mustReadByPost } from "./probes";
import { posts, reads, rpc, rules } from "./rules";

const RPC = "/rpc";
const BASE = "http://127.0.0.1:4100";

/** The pretend SaaS of the demo and the tests: it speaks plain HTTP, on this machine only. */
export const demo: Connector = {
  id: "demo",
  name: "Demo Tracker",
  summary: "A pretend issue tracker that runs beside the demo. Nothing in it is real.",
  tile: { letters: "DT", color: "#0f766e" },
  docsUrl: BASE,
  oauth: {
    authorizeUrl: `${BASE}/oauth/authorize`,
    tokenUrl: `${BASE}/oauth/token`,
    issuer: BASE,
    issuerInCallback: "required",
    clientAuth: "basic",
    pkce: true,
    scopeParameter: "scope",
    scopeSeparator: " ",
    authorizeParameters: {},
  },
  tokens: { accessSeconds: 600, refresh: "rotating", narrowing: { how: "refresh_scope" }, refreshKillsAccess: false },
  revocation: { how: "rfc7009", url: `${BASE}/oauth/revoke`, reach: "token", note: "Demo Tracker ends any token by itself." },
  account: { method: "GET", url: `${BASE}/api/me`, read: (body) => readFlatAccount(body, "id", ["login", "name"]) },
  separateConsent: "works",
  api: {
    baseUrl: BASE,
    graphqlPath: "/graphql",
    batches: [{ path: RPC, methods: ["POST"], format: "jsonrpc", callsMax: 20 }],
  },
  scopes: [
    {
      name: "profile:read",
      label: "Read your profile",
      access: "read",
      preset: true,
      always: true,
      opens: [...reads("/api/me"), { methods: ["POST"], path: "/graphql", graphql: "query", rootFields: ["viewer"] }, ...rpc(RPC, "me")],
    },
    {
      name: "issues:read",
      label: "Read issues",
      access: "read",
      preset: true,
      opens: [
        ...reads("/api/issues", "/api/issues/*", "/api/stream"),
        { methods: ["POST"], path: "/graphql", graphql: "query", rootFields: ["issues"] },
        ...rpc(RPC, "issues.list", "issues.get"),
      ],
    },
    { name: "files:read", label: "Read files", access: "read", preset: true, opens: reads("/api/files", "/api/files/*/content") },
    {
      name: "issues:comment",
      label: "Comment on issues",
      access: "write",
      virtual: true,
      opens: [...posts("/api/issues/*/comments"), ...rpc(RPC, "issues.comment")],
    },
    {
      name: "issues:write",
      label: "Change issues",
      access: "write",
      contains: ["issues:comment"],
      opens: [
        ...posts("/api/issues"),
        ...rules(["PATCH", "DELETE"], "/api/issues/*"),
        { methods: ["POST"], path: "/graphql", graphql: "mutation", rootFields: ["createIssue"] },
        ...rpc(RPC, "issues.create", "issues.delete"),
      ],
    },
    { name: "files:write", label: "Upload files", access: "write", opens: posts("/api/files") },
    { name: "admin", label: "Manage the members of the workspace", access: "admin", opens: reads("/api/members") },
  ],
  exceptions: [],
  resources: [
    {
      id: "issue",
      label: "Only these issues, by their numbers",
      example: "7",
      pattern: /^[1-9]\d{0,8}$/,
      governs: ["issues:read", "issues:comment", "issues:write"],
      apart: ["profile:read", "files:read", "files:write"],
      listing: {
        scopes: ["issues:read"],
        path: "/api/issues",
        query: { per_page: "100" },
        items: "",
        id: "{id}",
        label: "{title}",
        next: { how: "link", parameter: "page" },
      },
      named: [{ path: "/api/issues/{}/**" }, { path: RPC, parameter: "issue" }],
    },
  ],
  probes: [
    guarded(mustRead("profile:read", "Read your profile", "/api/me")),
    guarded(mustRead("issues:read", "Read issues", "/api/issues")),
    guarded(mustRead("files:read", "Read files", "/api/files")),
    mustReadByPost("issues:read", "Read issues through GraphQL", "/graphql", { query: "{ issues(first: 1) { id } }" }),
    deletesNothing("issues:write", "Delete an issue", "/api/issues", "number"),
    judged("issues:write", "Change an issue", "PATCH", "/api/issues/0"),
    judged("issues:write", "Create an issue", "POST", "/api/issues"),
    judgedGraphql("issues:write", "Create an issue through GraphQL", "/graphql", 'mutation { createIssue(title: "") { id } }'),
    judged("issues:comment", "Comment on an issue", "POST", "/api/issues/0/comments"),
    judged("files:write", "Upload a file", "POST", "/api/files"),
    judged("admin", "List the members of the workspace", "GET", "/api/members"),
  ],
  unverified: [],
};
