import type { ConnectorScope } from "./connector";
import { posts, reads, rules } from "./rules";

const V4 = "/api/v4";
const PROJECT = `${V4}/projects/*`;
const GROUP = `${V4}/groups/*`;

const under = (base: string, ...tails: string[]) => tails.map((tail) => `${base}/${tail}`);
const twice = (...bases: string[]) => bases.flatMap((base) => [base, `${base}/*`]);

/** GitLab sells its API whole, to read (`read_api`) or to change (`api`): these are the parts a person means. */
const parts: readonly ConnectorScope[] = [
  {
    name: "projects:read",
    label: "Read projects, groups and their members",
    access: "read",
    virtual: true,
    opens: reads(
      ...[...twice(`${V4}/projects`, `${V4}/groups`), ...under(PROJECT, "languages", "users", "forks", "members/**")],
      ...under(GROUP, "projects", "subgroups", "members/**"),
    ),
  },
  {
    name: "code:read",
    label: "Read code, branches and releases",
    access: "read",
    virtual: true,
    opens: reads(
      ...under(`${PROJECT}/repository`, "tree", "blobs/*", "blobs/*/raw", "files/*", "files/*/raw", "files/*/blame"),
      ...under(
        `${PROJECT}/repository`,
        "branches/**",
        "tags/**",
        "commits/**",
        "compare",
        "contributors",
        "merge_base",
        "archive",
        "archive.*",
      ),
      ...twice(`${PROJECT}/releases`),
    ),
  },
  {
    name: "issues:read",
    label: "Read issues, labels and milestones",
    access: "read",
    virtual: true,
    opens: reads(
      ...[...twice(`${V4}/issues`), ...under(PROJECT, "issues/**", "labels/**", "milestones/**", "boards/**")],
      ...under(GROUP, "issues", "labels/**", "milestones/**", "boards/**", "epics/**"),
    ),
  },
  {
    name: "merge_requests:read",
    label: "Read merge requests",
    access: "read",
    virtual: true,
    opens: reads(`${V4}/merge_requests`, `${PROJECT}/merge_requests/**`, `${GROUP}/merge_requests`),
  },
  {
    name: "pipelines:read",
    label: "Read pipelines and the logs of their jobs",
    access: "read",
    virtual: true,
    opens: reads(
      ...under(PROJECT, "pipelines/**", "jobs", "jobs/*", "jobs/*/trace"),
      ...under(PROJECT, "environments", "environments/*", "deployments", "deployments/*"),
    ),
  },
  {
    name: "graphql:read",
    label: "Read anything this account can read, through GraphQL",
    access: "read",
    virtual: true,
    opens: [{ methods: ["POST"], path: "/api/graphql", graphql: "query" }],
  },
  {
    name: "issues:write",
    // A comment is no smaller than this: a line like /close or /assign in it changes the issue.
    label: "Create, change and comment on issues",
    access: "write",
    virtual: true,
    contains: ["issues:read"],
    opens: [
      ...posts(
        ...under(PROJECT, "issues", "labels", "milestones", "issues/*/notes", "issues/*/discussions", "issues/*/discussions/*/notes"),
      ),
      ...posts(...under(PROJECT, "issues/*/links", "issues/*/award_emoji", "issues/*/time_estimate", "issues/*/add_spent_time")),
      ...rules(["PUT"], ...under(PROJECT, "issues/*", "labels/*", "milestones/*")),
      ...rules(["PUT", "DELETE"], ...under(PROJECT, "issues/*/notes/*", "issues/*/discussions/*/notes/*")),
      ...rules(["DELETE"], ...under(PROJECT, "issues/*/links/*", "issues/*/award_emoji/*")),
    ],
  },
  {
    name: "merge_requests:write",
    label: "Open, change, comment on and merge merge requests",
    access: "write",
    virtual: true,
    contains: ["merge_requests:read"],
    opens: [
      ...posts(...under(`${PROJECT}/merge_requests`, "*/notes", "*/discussions", "*/discussions/*/notes", "*/approve", "*/unapprove")),
      ...posts(`${PROJECT}/merge_requests`),
      ...rules(["PUT"], ...under(`${PROJECT}/merge_requests`, "*", "*/merge", "*/rebase", "*/discussions/*")),
      ...rules(["PUT", "DELETE"], ...under(`${PROJECT}/merge_requests`, "*/notes/*", "*/discussions/*/notes/*")),
    ],
  },
  {
    name: "code:write",
    label: "Change code, branches, tags and releases",
    access: "write",
    virtual: true,
    contains: ["code:read"],
    opens: [
      ...posts(
        ...under(`${PROJECT}/repository`, "commits", "branches", "tags", "commits/*/comments", "commits/*/cherry_pick", "commits/*/revert"),
      ),
      ...rules(["POST", "PUT", "DELETE"], `${PROJECT}/repository/files/*`),
      ...rules(["DELETE"], ...under(`${PROJECT}/repository`, "branches/*", "tags/*")),
      ...posts(`${PROJECT}/releases`),
      ...rules(["PUT", "DELETE"], `${PROJECT}/releases/*`),
    ],
  },
  {
    name: "pipelines:write",
    label: "Start, stop and repeat pipelines and jobs",
    access: "write",
    virtual: true,
    contains: ["pipelines:read"],
    opens: posts(...under(PROJECT, "pipeline", "pipelines/*/retry", "pipelines/*/cancel", "jobs/*/play", "jobs/*/retry", "jobs/*/cancel")),
  },
];

export const gitlabScopes: readonly ConnectorScope[] = [
  { name: "openid", label: "Sign in with GitLab", access: "read", protocol: true, opens: [] },
  {
    name: "read_user",
    label: "Read your profile and other people's",
    access: "read",
    preset: true,
    opens: reads(`${V4}/user`, ...twice(`${V4}/users`)),
  },
  {
    name: "read_api",
    label: "Read everything you can see",
    access: "read",
    preset: true,
    contains: ["read_user", "projects:read", "code:read", "issues:read", "merge_requests:read", "pipelines:read", "graphql:read"],
    opens: [
      ...reads(`${V4}/todos`, `${V4}/events`, `${V4}/search`, `${PROJECT}/search`, `${GROUP}/search`, `${V4}/namespaces/**`),
      ...reads(`${PROJECT}/wikis/**`, `${PROJECT}/snippets/**`, `${V4}/snippets/**`, `${PROJECT}/events`),
      // The one renders text, the other checks a pipeline's description: both keep nothing.
      ...posts(`${V4}/markdown`, `${PROJECT}/ci/lint`),
    ],
  },
  {
    name: "read_repository",
    label: "Read files of repositories",
    access: "read",
    opens: reads(...under(`${PROJECT}/repository`, "files/*", "files/*/raw", "archive", "archive.*")),
  },
  ...parts,
  {
    name: "api",
    label: "Read and change everything you can",
    access: "write",
    contains: ["read_api", "issues:write", "merge_requests:write", "code:write", "pipelines:write"],
    // Members, hooks, keys, variables and settings are not listed, so they stay shut.
    opens: [
      ...posts(`${V4}/projects`, `${PROJECT}/fork`, `${PROJECT}/wikis`, `${PROJECT}/snippets`, `${V4}/snippets`),
      ...rules(["PUT", "DELETE"], `${PROJECT}/wikis/*`, `${PROJECT}/snippets/*`, `${V4}/snippets/*`),
      ...posts(`${V4}/todos/*/mark_as_done`),
    ],
  },
];
