import type { ResourceKind } from "./beyondScopes";
import { reads, rules } from "./rules";

const PROJECT = "/api/v4/projects/*";

/** By number alone: a path with its slash encoded is one that two servers read in two ways. */
export const projectKind: ResourceKind = {
  id: "project",
  label: "Only these projects, by their numbers",
  example: "42",
  pattern: /^[1-9]\d{0,11}$/,
  governs: [
    ...["projects:read", "code:read", "issues:read", "merge_requests:read", "pipelines:read", "read_repository"],
    ...["issues:write", "merge_requests:write", "code:write", "pipelines:write"],
  ],
  apart: ["read_user"],
  listing: {
    scopes: ["projects:read"],
    path: "/api/v4/projects",
    query: { membership: "true", simple: "true", order_by: "last_activity_at", per_page: "100" },
    search: { parameter: "search" },
    items: "",
    id: "{id}",
    label: "{path_with_namespace}",
    next: { how: "link", parameter: "page" },
  },
  named: [
    { path: "/api/v4/projects/{}/**" },
    { path: `${PROJECT}/merge_requests`, parameter: "target_project_id" },
    { path: `${PROJECT}/merge_requests/*`, parameter: "target_project_id" },
    { path: `${PROJECT}/repository/commits`, parameter: "start_project" },
    { path: `${PROJECT}/repository/compare`, parameter: "from_project_id" },
  ],
  beyond: [
    ...reads(`${PROJECT}/forks`, `${PROJECT}/issues/*/related_merge_requests`, `${PROJECT}/issues/*/closed_by`),
    ...reads(`${PROJECT}/merge_requests/*/closes_issues`, `${PROJECT}/merge_requests/*/related_issues`),
    // Issues are linked across projects, and the answers bring the other ones along.
    ...rules(["GET", "POST", "PUT", "DELETE"], `${PROJECT}/issues/*/links/**`),
  ],
};
