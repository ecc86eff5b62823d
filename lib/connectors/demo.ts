import { readFlatAccount } from "./account";
import type { Connector } from "./connector";
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
  tokens: { accessSeconds: 600, refresh: "rotating", narrowsOnRefresh: true, refreshKillsAccess: false },
  revocation: { how: "rfc7009", url: `${BASE}/oauth/revoke`, reach: "token", note: "Demo Tracker ends any token by itself." },
  account: { method: "GET", url: `${BASE}/api/me`, read: (body) => readFlatAccount(body, "id", ["login", "name"]) },
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
      named: [{ path: "/api/issues/{}/**" }, { path: RPC, parameter: "issue" }],
    },
  ],
  probes: [
    { label: "Read your profile", method: "GET", path: "/api/me", scope: "profile:read", reach: "sent" },
    { label: "Read issues", method: "GET", path: "/api/issues", scope: "issues:read", reach: "sent" },
    { label: "Read files", method: "GET", path: "/api/files", scope: "files:read", reach: "sent" },
    { label: "Delete an issue", method: "DELETE", path: "/api/issues/999999999", scope: "issues:write", reach: "sent" },
    { label: "Change an issue", method: "PATCH", path: "/api/issues/999999999", json: {}, scope: "issues:write", reach: "sent" },
    { label: "Create an issue", method: "POST", path: "/api/issues", scope: "issues:write", reach: "decided" },
    {
      label: "Comment on an issue",
      method: "POST",
      path: "/api/issues/999999999/comments",
      json: {},
      scope: "issues:comment",
      reach: "decided",
    },
    { label: "Upload a file", method: "POST", path: "/api/files", scope: "files:write", reach: "decided" },
  ],
  unverified: [],
};
