import { atlassianProtocol } from "./atlassian";
import type { ConnectorScope } from "./connector";
import { posts, reads, rules } from "./rules";

/** Both versions answer alike; they differ in how text is written. */
const api = (...tails: string[]) => tails.flatMap((tail) => [`/rest/api/3/${tail}`, `/rest/api/2/${tail}`]);

const ISSUE_READS = [
  ...[
    "issue/*",
    "issue/*/comment",
    "issue/*/comment/*",
    "issue/*/changelog",
    "issue/*/worklog",
    "issue/*/worklog/*",
    "issue/*/transitions",
  ],
  ...["issue/*/watchers", "issue/*/votes", "issue/*/remotelink", "issue/*/remotelink/*", "issue/*/editmeta", "issue/*/properties/**"],
  ...["issue/createmeta/**", "search", "search/jql", "issueLink/*", "issueLinkType", "issueLinkType/*", "attachment/*"],
  // Content comes by a redirect to a link for one file, which the gateway passes on without the account's token.
  ...["attachment/content/*", "attachment/thumbnail/*"],
];
const PROJECT_READS = [
  ...["project", "project/search", "project/*", "project/*/components", "project/*/component", "project/*/versions", "project/*/version"],
  ...["project/*/statuses", "component/*", "version/*", "version/*/relatedIssueCounts", "label", "field", "field/search", "filter/*"],
  ...["filter/search", "filter/my", "filter/favourite", "dashboard", "dashboard/*", "dashboard/search", "priority/**", "resolution/**"],
  ...[
    "status/**",
    "statuscategory/**",
    "issuetype/**",
    "serverInfo",
    "mypermissions",
    "jql/autocompletedata",
    "jql/autocompletedata/suggestions",
  ],
];
/** Questions too long for an address. */
const ASKED_BY_POST = [
  ...["search/jql", "search/id", "issue/*/changelog/list", "comment/list", "worklog/list", "issue/watching"],
  ...["jql/parse", "jql/match", "jql/autocompletedata", "jql/pdcleaner", "expression/eval", "expression/analyse", "permissions/project"],
];

export const jiraScopes: readonly ConnectorScope[] = [
  ...atlassianProtocol,
  {
    name: "read:jira-work",
    label: "Read projects, issues and comments",
    access: "read",
    preset: true,
    opens: [...reads(...api(...ISSUE_READS, ...PROJECT_READS)), ...posts(...api(...ASKED_BY_POST))],
  },
  {
    name: "read:jira-user",
    label: "Read profiles of people",
    access: "read",
    opens: reads(
      ...api("myself", "user", "user/search", "user/bulk", "user/picker", "user/assignable/search", "users/search", "groupuserpicker"),
    ),
  },
  {
    name: "issues:comment",
    label: "Comment on issues",
    access: "write",
    virtual: true,
    opens: [...posts(...api("issue/*/comment")), ...rules(["PUT", "DELETE"], ...api("issue/*/comment/*"))],
  },
  {
    name: "write:jira-work",
    label: "Create, change and delete issues and comments",
    access: "write",
    contains: ["issues:comment"],
    opens: [
      ...posts(...api("issue", "issue/bulk", "issue/*/transitions", "issue/*/worklog", "issue/*/attachments", "issue/*/watchers")),
      ...posts(...api("issue/*/votes", "issue/*/remotelink", "issueLink")),
      ...rules(["PUT"], ...api("issue/*/assignee")),
      ...rules(["PUT", "DELETE"], ...api("issue/*", "issue/*/worklog/*", "issue/*/remotelink/*")),
      ...rules(["DELETE"], ...api("issue/*/watchers", "issue/*/votes", "issueLink/*", "attachment/*")),
    ],
  },
  {
    name: "manage:jira-project",
    label: "Change projects, their components and versions",
    access: "admin",
    opens: [
      ...posts(...api("component", "version", "version/*/move")),
      ...rules(["PUT"], ...api("project/*")),
      ...rules(["PUT", "DELETE"], ...api("component/*", "version/*")),
    ],
  },
];
