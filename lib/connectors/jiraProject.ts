import type { ResourceKind } from "./beyondScopes";
import { reads } from "./rules";

const KEY = /^([A-Za-z][A-Za-z0-9_]{1,19})-\d{1,12}$/;

/** "ACME-12" is an issue of ACME. A number alone says nothing of its project. */
const projectOfIssue = (text: string): string | null => KEY.exec(text)?.[1] ?? null;

export const projectKind: ResourceKind = {
  id: "project",
  label: "Only these projects, by their keys",
  example: "ACME",
  pattern: /^[A-Za-z][A-Za-z0-9_]{1,19}$/,
  caseless: true,
  // Creating an issue names its project deep in a body, together with what may move it: refused with this bound.
  governs: ["read:jira-work", "issues:comment", "write:jira-work", "manage:jira-project"],
  apart: ["read:jira-user"],
  listing: {
    scopes: ["read:jira-work"],
    path: "/rest/api/3/project/search",
    query: { maxResults: "50", orderBy: "name" },
    search: { parameter: "query" },
    items: "values",
    id: "{key}",
    label: "{name}",
    next: { how: "offset", parameter: "startAt", last: "isLast" },
  },
  named: [{ path: "/rest/api/*/issue/{}/**", read: projectOfIssue }, { path: "/rest/api/*/project/{}/**" }],
  // A project whose key is one of these words would be taken for a list of all.
  beyond: reads(...["search", "recent", "type"].flatMap((word) => [`/rest/api/3/project/${word}`, `/rest/api/2/project/${word}`])),
};
