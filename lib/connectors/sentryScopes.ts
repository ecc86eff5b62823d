import type { ConnectorScope } from "./connector";
import { posts, reads, rules } from "./rules";

const API = "/api/0";
const ORG = `${API}/organizations/*`;
const PROJECT = `${API}/projects/*/*`;
const TEAM = `${API}/teams/*/*`;
const ISSUE_LISTS = [`${ORG}/issues`, `${PROJECT}/issues`];
const ONE_ISSUE = [`${API}/issues/*`, `${ORG}/issues/*`];

const withIn = (bases: readonly string[], ...tails: string[]) => bases.flatMap((base) => tails.map((tail) => `${base}/${tail}`));

/** At Sentry admin is above write, and write above read. Paths without the slash at their end. */
export const sentryScopes: readonly ConnectorScope[] = [
  {
    name: "org:read",
    label: "Read organizations, with their projects and teams",
    access: "read",
    preset: true,
    opens: reads(`${API}/organizations`, ORG, ...withIn([ORG], "projects", "environments", "stats_v2")),
  },
  {
    name: "project:read",
    label: "Read projects and their releases",
    access: "read",
    preset: true,
    opens: reads(
      ...[`${API}/projects`, ...withIn([PROJECT], "environments", "teams")],
      ...withIn([ORG], "releases", "releases/*", "releases/*/commits", "releases/*/deploys"),
    ),
  },
  {
    name: "event:read",
    label: "Read issues and events",
    access: "read",
    preset: true,
    opens: reads(
      ...[...ISSUE_LISTS, ...ONE_ISSUE, ...withIn(ONE_ISSUE, "events", "events/*", "hashes", "comments", "tags/*", "tags/*/values")],
      ...[`${PROJECT}/events`, `${PROJECT}/events/*`, `${ORG}/events`, `${ORG}/events-stats`],
    ),
  },
  {
    name: "team:read",
    label: "Read teams",
    access: "read",
    opens: reads(`${ORG}/teams`, TEAM, `${TEAM}/projects`),
  },
  {
    name: "member:read",
    label: "Read who is in the organization",
    access: "read",
    opens: reads(`${ORG}/members`, `${ORG}/users`, `${TEAM}/members`),
  },
  {
    name: "event:write",
    label: "Change issues and comment on them",
    access: "write",
    contains: ["event:read"],
    opens: [...rules(["PUT"], ...ISSUE_LISTS, ...ONE_ISSUE), ...posts(...withIn(ONE_ISSUE, "comments"))],
  },
  {
    name: "project:write",
    label: "Change projects and see their settings, tokens included",
    access: "write",
    contains: ["project:read"],
    // Even the answer to a GET carries the project's security token.
    opens: rules(["GET", "PUT"], PROJECT),
  },
  {
    name: "project:releases",
    label: "Create, change and delete releases",
    access: "write",
    opens: [
      ...posts(...withIn([ORG], "releases", "releases/*/deploys")),
      ...rules(["GET"], ...withIn([ORG], "releases", "releases/*")),
      ...rules(["PUT", "DELETE"], `${ORG}/releases/*`),
    ],
  },
  {
    name: "team:write",
    label: "Create and change teams",
    access: "write",
    contains: ["team:read"],
    opens: [...posts(`${ORG}/teams`), ...rules(["PUT"], TEAM)],
  },
  {
    name: "event:admin",
    label: "Delete issues",
    access: "admin",
    contains: ["event:write"],
    opens: rules(["DELETE"], ...ISSUE_LISTS, ...ONE_ISSUE),
  },
  {
    name: "org:admin",
    label: "Change the organization's settings",
    access: "admin",
    contains: ["org:read"],
    opens: rules(["PUT"], ORG),
  },
];
