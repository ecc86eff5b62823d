import type { ConnectorScope } from "./connector";
import { posts, reads, rules } from "./rules";

const REPO = "/repos/*/*";

/** GitHub sells private repositories only whole (`repo` reads and writes): these are the parts a person means. */
export const partsOfARepository: readonly ConnectorScope[] = [
  {
    name: "code:read",
    label: "Read code, branches and releases",
    access: "read",
    virtual: true,
    opens: reads(
      ...[`${REPO}/contents`, `${REPO}/contents/**`, `${REPO}/readme`, `${REPO}/readme/**`, `${REPO}/license`],
      ...[`${REPO}/branches`, `${REPO}/branches/*`, `${REPO}/tags`, `${REPO}/compare/*`],
      ...[
        `${REPO}/commits`,
        `${REPO}/commits/*`,
        `${REPO}/commits/*/comments`,
        `${REPO}/commits/*/pulls`,
        `${REPO}/comments`,
        `${REPO}/comments/*`,
      ],
      ...[`${REPO}/git/blobs/*`, `${REPO}/git/trees/*`, `${REPO}/git/commits/*`, `${REPO}/git/tags/*`],
      ...[`${REPO}/git/ref/**`, `${REPO}/git/matching-refs/**`],
      ...[`${REPO}/releases`, `${REPO}/releases/**`, "/search/code", "/search/commits"],
    ),
  },
  {
    name: "code:write",
    label: "Change code, branches and releases, and merge",
    access: "write",
    virtual: true,
    contains: ["code:read"],
    // A commit may hold a workflow file, and no path says so.
    inseparableFrom: ["workflow"],
    opens: [
      ...rules(["PUT", "DELETE"], `${REPO}/contents/**`),
      ...posts(`${REPO}/git/blobs`, `${REPO}/git/trees`, `${REPO}/git/commits`, `${REPO}/git/tags`, `${REPO}/git/refs`),
      ...rules(["PATCH", "DELETE"], `${REPO}/git/refs/**`),
      ...posts(`${REPO}/merges`, `${REPO}/merge-upstream`, `${REPO}/releases`),
      ...rules(["PATCH", "DELETE"], `${REPO}/releases/*`, `${REPO}/releases/assets/*`),
      ...rules(["PUT"], `${REPO}/pulls/*/merge`, `${REPO}/pulls/*/update-branch`),
    ],
  },
  {
    name: "issues:read",
    label: "Read issues",
    access: "read",
    virtual: true,
    // GitHub lists pull requests among issues, with title and text.
    opens: reads(
      ...[`${REPO}/issues`, `${REPO}/issues/**`, `${REPO}/labels`, `${REPO}/labels/*`],
      ...[`${REPO}/milestones`, `${REPO}/milestones/**`, `${REPO}/assignees`, `${REPO}/assignees/*`],
      ...["/issues", "/user/issues", "/orgs/*/issues", "/search/issues", "/search/labels"],
    ),
  },
  {
    name: "issues:comment",
    label: "Comment on issues and pull requests",
    access: "write",
    virtual: true,
    contains: ["issues:read"],
    opens: [...posts(`${REPO}/issues/*/comments`), ...rules(["PATCH", "DELETE"], `${REPO}/issues/comments/*`)],
  },
  {
    name: "issues:write",
    label: "Change issues",
    access: "write",
    virtual: true,
    contains: ["issues:comment"],
    opens: [
      ...posts(`${REPO}/issues`, `${REPO}/labels`, `${REPO}/milestones`),
      ...rules(["PATCH"], `${REPO}/issues/*`),
      ...rules(["PATCH", "DELETE"], `${REPO}/labels/*`, `${REPO}/milestones/*`),
      ...rules(["POST", "PUT", "DELETE"], `${REPO}/issues/*/labels`),
      ...rules(["DELETE"], `${REPO}/issues/*/labels/*`, `${REPO}/issues/*/reactions/*`),
      ...rules(["POST", "DELETE"], `${REPO}/issues/*/assignees`),
      ...posts(`${REPO}/issues/*/reactions`),
      ...rules(["PUT", "DELETE"], `${REPO}/issues/*/lock`),
    ],
  },
  {
    name: "pulls:read",
    label: "Read pull requests and reviews",
    access: "read",
    virtual: true,
    opens: reads(`${REPO}/pulls`, `${REPO}/pulls/**`),
  },
  {
    name: "pulls:write",
    label: "Open, change and review pull requests",
    access: "write",
    virtual: true,
    contains: ["pulls:read"],
    opens: [
      ...posts(`${REPO}/pulls`, `${REPO}/pulls/*/comments`, `${REPO}/pulls/*/comments/*/replies`),
      ...posts(`${REPO}/pulls/*/reviews`, `${REPO}/pulls/*/reviews/*/events`),
      ...rules(["PATCH"], `${REPO}/pulls/*`),
      ...rules(["PATCH", "DELETE"], `${REPO}/pulls/comments/*`),
      ...rules(["PUT", "DELETE"], `${REPO}/pulls/*/reviews/*`),
      ...rules(["POST", "DELETE"], `${REPO}/pulls/*/requested_reviewers`),
    ],
  },
  {
    name: "statuses:read",
    label: "Read commit statuses",
    access: "read",
    virtual: true,
    opens: reads(`${REPO}/commits/*/status`, `${REPO}/commits/*/statuses`),
  },
  {
    name: "actions:read",
    label: "Read checks and workflow runs",
    access: "read",
    virtual: true,
    contains: ["statuses:read"],
    opens: reads(
      ...[`${REPO}/commits/*/check-runs`, `${REPO}/commits/*/check-suites`, `${REPO}/check-runs/**`, `${REPO}/check-suites/**`],
      ...[
        `${REPO}/actions/runs`,
        `${REPO}/actions/runs/**`,
        `${REPO}/actions/jobs/*`,
        `${REPO}/actions/artifacts`,
        `${REPO}/actions/artifacts/*`,
      ],
      ...[`${REPO}/actions/workflows`, `${REPO}/actions/workflows/**`],
    ),
  },
  {
    name: "actions:write",
    label: "Start, stop and repeat workflow runs",
    access: "write",
    virtual: true,
    contains: ["actions:read"],
    opens: posts(
      ...[`${REPO}/actions/workflows/*/dispatches`, `${REPO}/actions/runs/*/cancel`],
      ...[`${REPO}/actions/runs/*/rerun`, `${REPO}/actions/runs/*/rerun-failed-jobs`, `${REPO}/actions/jobs/*/rerun`],
    ),
  },
  {
    name: "repo:read",
    label: "Read everything in your repositories",
    access: "read",
    virtual: true,
    contains: ["code:read", "issues:read", "pulls:read", "actions:read"],
    opens: [
      ...reads(
        ...[REPO, "/user/repos", "/users/*/repos", "/orgs/*/repos", "/search/repositories", "/search/topics"],
        ...[`${REPO}/languages`, `${REPO}/contributors`, `${REPO}/topics`, `${REPO}/community/profile`, `${REPO}/stats/*`],
        ...[`${REPO}/forks`, `${REPO}/stargazers`, `${REPO}/subscribers`, `${REPO}/events`, `${REPO}/activity`],
        ...[`${REPO}/deployments`, `${REPO}/deployments/**`, `${REPO}/environments`],
      ),
      // Both render text and keep nothing.
      ...posts("/markdown", "/markdown/raw"),
    ],
  },
];
