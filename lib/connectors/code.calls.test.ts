import { callTable, mutation, query } from "../testing/callTable";
import { githubAppUser } from "./githubAppUser";
import { gitlab } from "./gitlab";

const R = "/repos/octo/hello";
callTable(githubAppUser, [
  ["GET", "/user", ["profile:read"], "profile:read"],
  ["GET", "/user/installations/7/repositories", ["metadata:read"], "metadata:read"],
  ["GET", `${R}/issues/1/comments`, ["issues:read"], "issues:read"],
  ["GET", `${R}/issues`, ["issues:write"], "issues:read"],
  ["POST", `${R}/issues/1/comments`, ["issues:read"], "outside_grant: issues:comment"],
  ["POST", `${R}/issues`, ["issues:comment"], "outside_grant: issues:write"],
  ["GET", `${R}/contents/src/a.ts`, ["contents:read"], "contents:read"],
  ["GET", `${R}/contents/src/a.ts`, ["issues:read"], "outside_grant: contents:read"],
  ["PUT", `${R}/contents/.github/workflows/ci.yml`, ["contents:read"], "outside_grant: contents:write"],
  ["PUT", `${R}/contents/.github/workflows/ci.yml`, ["contents:write"], "contents:write"],
  ["PUT", `${R}/pulls/1/merge`, ["pull_requests:write"], "outside_grant: contents:write"],
  ["GET", `${R}/commits/main/check-runs`, ["checks:read"], "checks:read"],
  ["GET", `${R}/commits/main/status`, ["checks:read"], "outside_grant: statuses:read"],
  ["GET", `${R}/tarball/main`, ["contents:write"], "exception"],
  ["GET", `${R}/actions/runs/1/logs`, ["actions:read"], "exception"],
  ["PATCH", R, ["contents:write"], "outside_grant: administration:write"],
  ["DELETE", R, ["administration:write"], "unknown_call"],
  ["GET", `${R}/actions/secrets`, ["actions:write", "administration:write"], "unknown_call"],
  ["POST", "/graphql", ["graphql:read"], "graphql:read", query("viewer")],
  ["POST", "/graphql", ["graphql:read", "contents:write"], "unknown_call", mutation("createCommitOnBranch")],
]);

const P = "/api/v4/projects/42";
callTable(gitlab, [
  ["GET", "/api/v4/user", ["read_user"], "read_user"],
  ["GET", `${P}/issues`, ["read_api"], "issues:read"],
  ["GET", `${P}/issues/1/notes`, ["issues:read"], "issues:read"],
  ["GET", `${P}/merge_requests/1/changes`, ["issues:read"], "outside_grant: merge_requests:read"],
  ["POST", `${P}/issues/1/notes`, ["read_api"], "outside_grant: issues:write"],
  ["POST", `${P}/issues/1/notes`, ["issues:write"], "issues:write"],
  ["PUT", `${P}/merge_requests/1/merge`, ["api"], "merge_requests:write"],
  ["PUT", `${P}/merge_requests/1/merge`, ["code:write"], "outside_grant: merge_requests:write"],
  ["GET", `${P}/repository/files/README.md/raw`, ["code:read"], "code:read"],
  ["GET", `${P}/repository/files/README.md/raw`, ["read_repository"], "read_repository"],
  ["PUT", `${P}/repository/files/README.md`, ["code:read"], "outside_grant: code:write"],
  ["GET", `${P}/jobs/9/trace`, ["pipelines:read"], "pipelines:read"],
  ["GET", `${P}/jobs/9/artifacts`, ["api"], "unknown_call"],
  ["GET", `${P}/pipelines/9/variables`, ["api"], "exception"],
  ["GET", `${P}/variables`, ["api"], "exception"],
  ["GET", "/api/v4/groups/7/variables/TOKEN", ["api"], "exception"],
  ["POST", `${P}/access_tokens`, ["api"], "exception"],
  ["POST", `${P}/members`, ["api"], "unknown_call"],
  ["DELETE", P, ["api"], "unknown_call"],
  ["GET", "/api/v4/admin/ci/variables", ["api"], "unknown_call"],
  ["POST", "/api/v4/markdown", ["read_api"], "read_api"],
  ["POST", "/api/graphql", ["read_api"], "graphql:read", query("project")],
  ["POST", "/api/graphql", ["issues:read"], "outside_grant: graphql:read", query("project")],
  ["POST", "/api/graphql", ["api"], "unknown_call", mutation("createIssue")],
  ["POST", "/oauth/revoke", ["api"], "unknown_call"],
]);
