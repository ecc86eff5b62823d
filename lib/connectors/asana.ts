import { asRecord, readFlatAccount } from "./account";
import type { Connector, ConnectorScope, TokenBody } from "./connector";
import { deletesNothing, judged, mustRead } from "./probes";
import { posts, reads, rules } from "./rules";

const ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"];

const SCOPES: readonly ConnectorScope[] = [
  { name: "openid", label: "Sign in with Asana", access: "read", protocol: true, opens: [] },
  { name: "email", label: "See your e-mail address", access: "read", protocol: true, opens: [] },
  {
    name: "users:read",
    label: "Read people of your workspaces",
    access: "read",
    preset: true,
    always: true,
    opens: reads("/users", "/users/*", "/workspaces/*/users"),
  },
  { name: "workspaces:read", label: "Read workspaces", access: "read", preset: true, opens: reads("/workspaces", "/workspaces/*") },
  {
    name: "projects:read",
    label: "Read projects, and the people in them",
    access: "read",
    opens: reads(
      ...["/projects", "/projects/*", "/projects/*/sections", "/projects/*/task_counts", "/sections/*"],
      ...["/workspaces/*/projects", "/teams/*/projects", "/tasks/*/projects"],
    ),
  },
  {
    name: "tasks:read",
    // `opt_fields` in the query brings fields of the projects and people of a task into the same answer.
    label: "Read tasks, and the projects and people they are about",
    access: "read",
    opens: reads(
      ...["/tasks", "/tasks/*", "/tasks/*/subtasks", "/tasks/*/dependencies", "/tasks/*/dependents"],
      ...["/projects/*/tasks", "/sections/*/tasks", "/tags/*/tasks", "/user_task_lists/*", "/user_task_lists/*/tasks"],
      ...["/users/*/user_task_list", "/workspaces/*/tasks/search"],
    ),
  },
  { name: "stories:read", label: "Read comments and history of tasks", access: "read", opens: reads("/tasks/*/stories", "/stories/*") },
  {
    name: "stories:write",
    label: "Write comments on tasks",
    access: "write",
    opens: [...posts("/tasks/*/stories"), ...rules(["PUT"], "/stories/*")],
  },
  {
    name: "tasks:write",
    label: "Create and change tasks",
    access: "write",
    opens: [
      ...posts("/tasks", "/sections/*/addTask"),
      ...posts(
        ...[
          "subtasks",
          "duplicate",
          "setParent",
          "addProject",
          "removeProject",
          "addTag",
          "removeTag",
          "addFollowers",
          "removeFollowers",
        ].map((verb) => `/tasks/*/${verb}`),
      ),
      ...posts(...["addDependencies", "removeDependencies", "addDependents", "removeDependents"].map((verb) => `/tasks/*/${verb}`)),
      ...rules(["PUT"], "/tasks/*"),
    ],
  },
  {
    name: "projects:write",
    label: "Create and change projects and their sections",
    access: "write",
    opens: [...posts("/projects", "/workspaces/*/projects", "/projects/*/sections"), ...rules(["PUT"], "/projects/*", "/sections/*")],
  },
  { name: "tasks:delete", label: "Delete tasks", access: "admin", opens: rules(["DELETE"], "/tasks/*") },
  {
    name: "default",
    label: "Read and change everything you can",
    access: "admin",
    contains: [
      ...["users:read", "workspaces:read", "projects:read", "tasks:read", "stories:read"],
      ...["stories:write", "tasks:write", "projects:write", "tasks:delete"],
    ],
    opens: [],
  },
];

/** An app registered with full permissions ignores what is asked for. An answer that names no scope is taken to be its. */
function normalizeToken(body: TokenBody): TokenBody {
  return typeof body.scope === "string" && body.scope !== "" ? body : { ...body, scope: "default" };
}

export const asana: Connector = {
  id: "asana",
  name: "Asana",
  summary: "Tasks, projects and comments of one Asana account.",
  tile: { letters: "As", color: "#f06a6a" },
  docsUrl: "https://developers.asana.com/docs/oauth",
  oauth: {
    authorizeUrl: "https://app.asana.com/-/oauth_authorize",
    tokenUrl: "https://app.asana.com/-/oauth_token",
    issuer: null,
    issuerInCallback: "when_present",
    clientAuth: "post",
    // Optional there, and not confirmed: sent all the same, since a server that does not know it must pass it over (RFC 6749 section 3.1).
    pkce: true,
    scopeParameter: "scope",
    scopeSeparator: " ",
    authorizeParameters: {},
    normalizeToken,
  },
  // An hour, not confirmed: counted as more, so that none is handed out.
  tokens: { accessSeconds: 3601, refresh: "stable", narrowing: { how: "none" }, refreshKillsAccess: true },
  revocation: {
    how: "rfc7009",
    url: "https://app.asana.com/-/oauth_revoke",
    reach: "connection",
    note: "Asana ends the refresh token and with it the connection. An access token that was already given out ends within the hour.",
  },
  account: {
    method: "GET",
    url: "https://app.asana.com/api/1.0/users/me",
    read: (body) => readFlatAccount(asRecord(body)?.data, "gid", ["email", "name"]),
  },
  api: {
    baseUrl: "https://app.asana.com/api/1.0",
    bodyLinks: ["/next_page/uri"],
    batches: [{ path: "/batch", methods: ["POST"], format: "asana", callsMax: 10 }],
  },
  scopes: SCOPES,
  exceptions: [{ methods: ANY, path: "/webhooks/**", why: "It makes Asana call a third party whenever something changes." }],
  probes: [
    mustRead("users:read", "Read your profile", "/users/me"),
    mustRead("workspaces:read", "List workspaces", "/workspaces?limit=1"),
    judged("stories:write", "Comment on a task", "POST", "/tasks/0/stories"),
    judged("tasks:write", "Create a task", "POST", "/tasks"),
    judged("projects:write", "Create a project", "POST", "/projects"),
    deletesNothing("tasks:delete", "Delete a task", "/tasks", "number"),
  ],
  unverified: [
    "PKCE, how long an access token lives, that the refresh token stays the same, and what a revocation is asked with.",
    "That a token answer names its scopes: without them the token counts as one that can do everything.",
    "That two consents are independent: not used.",
  ],
};
