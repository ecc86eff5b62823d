import { callTable } from "../testing/callTable";
import { asana } from "./asana";
import { confluence } from "./confluence";
import { jira } from "./jira";
import { notion } from "./notion";

callTable(jira, [
  ["GET", "/rest/api/3/issue/ABC-1", ["read:jira-work"], "read:jira-work"],
  ["GET", "/rest/api/2/issue/ABC-1/comment", ["read:jira-work"], "read:jira-work"],
  ["GET", "/rest/api/3/search/jql", ["read:jira-work"], "read:jira-work"],
  ["POST", "/rest/api/3/search/jql", ["read:jira-work"], "read:jira-work"],
  ["POST", "/rest/api/3/issue/bulkfetch", ["read:jira-work"], "unknown_call"],
  ["GET", "/rest/api/3/myself", ["read:jira-work"], "outside_grant: read:jira-user"],
  ["POST", "/rest/api/3/issue", ["read:jira-work"], "outside_grant: write:jira-work"],
  ["POST", "/rest/api/3/issue/ABC-1/comment", ["read:jira-work"], "outside_grant: issues:comment"],
  ["POST", "/rest/api/3/issue/ABC-1/comment", ["write:jira-work"], "issues:comment"],
  ["POST", "/rest/api/3/issue/ABC-1/transitions", ["issues:comment"], "outside_grant: write:jira-work"],
  ["DELETE", "/rest/api/3/issue/ABC-1", ["write:jira-work"], "write:jira-work"],
  ["GET", "/rest/api/3/issue/ABC-1", ["write:jira-work"], "outside_grant: read:jira-work"],
  ["PUT", "/rest/api/3/project/ABC", ["write:jira-work"], "outside_grant: manage:jira-project"],
  ["POST", "/rest/api/3/uiModifications", ["read:jira-work"], "exception"],
  ["PUT", "/rest/api/3/issues/archive/export", ["read:jira-work", "write:jira-work"], "exception"],
  ["POST", "/rest/api/3/webhook", ["write:jira-work"], "exception"],
  ["DELETE", "/rest/api/3/project/ABC", ["manage:jira-project"], "unknown_call"],
  ["GET", "/rest/agile/1.0/board", ["read:jira-work"], "unknown_call"],
]);

const CONTENT = "/wiki/rest/api/content";
callTable(confluence, [
  ["GET", `${CONTENT}/7`, ["read:confluence-content.all"], "read:confluence-content.all"],
  ["GET", `${CONTENT}/7`, ["read:confluence-content.summary"], "read:confluence-content.summary"],
  ["GET", `${CONTENT}/7/child/comment`, ["read:confluence-content.summary"], "outside_grant: read:confluence-content.all"],
  ["GET", "/wiki/rest/api/space", ["read:confluence-space.summary"], "read:confluence-space.summary"],
  ["GET", "/wiki/rest/api/search", ["search:confluence"], "search:confluence"],
  [
    "GET",
    `${CONTENT}/7/child/attachment/8/download`,
    ["read:confluence-content.all"],
    "outside_grant: readonly:content.attachment:confluence",
  ],
  ["POST", CONTENT, ["read:confluence-content.all"], "outside_grant: write:confluence-content"],
  ["PUT", `${CONTENT}/7`, ["write:confluence-content"], "write:confluence-content"],
  ["POST", `${CONTENT}/7/child/attachment`, ["write:confluence-content"], "outside_grant: write:confluence-file"],
  ["GET", "/wiki/api/v2/pages/7", ["read:confluence-content.all"], "outside_grant: read:page:confluence"],
  ["PUT", "/wiki/api/v2/pages/7", ["write:page:confluence"], "write:page:confluence"],
  ["POST", "/wiki/rest/api/contentbody/convert/storage", ["read:confluence-content.all"], "exception"],
  ["PUT", `${CONTENT}/7/restriction`, ["write:confluence-content"], "exception"],
  ["DELETE", "/wiki/rest/api/space/ABC", ["write:confluence-content"], "unknown_call"],
]);

callTable(notion, [
  ["GET", "/v1/pages/7", ["read_content"], "read_content"],
  ["GET", "/v1/blocks/7/children", ["read_content"], "read_content"],
  ["POST", "/v1/search", ["read_content"], "read_content"],
  ["POST", "/v1/databases/7/query", ["read_content"], "read_content"],
  ["POST", "/v1/data_sources/7/query", ["update_content"], "read_content"],
  ["GET", "/v1/comments", ["read_content"], "outside_grant: read_comments"],
  ["GET", "/v1/users/me", ["read_content"], "outside_grant: read_user_info"],
  ["POST", "/v1/pages", ["read_content"], "outside_grant: insert_content"],
  ["PATCH", "/v1/blocks/7/children", ["update_content"], "outside_grant: insert_content"],
  ["PATCH", "/v1/pages/7", ["insert_content"], "outside_grant: update_content"],
  ["DELETE", "/v1/blocks/7", ["update_content"], "update_content"],
  ["POST", "/v1/comments", ["read_comments"], "outside_grant: insert_comments"],
  ["POST", "/v1/views/7/queries", ["read_content"], "exception"],
  ["POST", "/v1/oauth/introspect", ["read_content"], "exception"],
  ["POST", "/v1/agents/query", ["read_content"], "unknown_call"],
]);

callTable(asana, [
  ["GET", "/users/me", ["users:read"], "users:read"],
  ["GET", "/tasks/7", ["tasks:read"], "tasks:read"],
  ["GET", "/projects/7/tasks", ["projects:read"], "outside_grant: tasks:read"],
  ["GET", "/tasks/7/stories", ["tasks:read"], "outside_grant: stories:read"],
  ["POST", "/tasks/7/stories", ["stories:read"], "outside_grant: stories:write"],
  ["PUT", "/tasks/7", ["tasks:read"], "outside_grant: tasks:write"],
  ["POST", "/tasks/7/addProject", ["tasks:write"], "tasks:write"],
  ["DELETE", "/tasks/7", ["tasks:write"], "outside_grant: tasks:delete"],
  ["DELETE", "/tasks/7", ["default"], "tasks:delete"],
  ["GET", "/projects", ["default"], "projects:read"],
  ["POST", "/batch", ["default"], "batch_unreadable"],
  ["POST", "/webhooks", ["default"], "exception"],
  ["DELETE", "/projects/7", ["default"], "unknown_call"],
]);
