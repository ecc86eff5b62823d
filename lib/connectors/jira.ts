import { atlassian, siteApi } from "./atlassian";
import type { Connector } from "./connector";
import { projectKind } from "./jiraProject";
import { jiraScopes } from "./jiraScopes";
import { judged, mustRead } from "./probes";

const ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const LOOKS_LIKE_A_READ = "Jira asks for no more than reading here, and yet it has an effect.";
const HOOK = "It makes Jira call a third party whenever something changes, beyond the end of this grant.";

export const jira: Connector = {
  ...atlassian,
  id: "jira",
  name: "Jira",
  summary: "Issues, comments and projects of one Jira Cloud site.",
  tile: { letters: "Ji", color: "#1868db" },
  docsUrl: "https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps",
  separateConsent: "works",
  api: siteApi("jira"),
  scopes: jiraScopes,
  exceptions: [
    { methods: ANY, path: "/rest/api/*/uiModifications/**", why: LOOKS_LIKE_A_READ },
    { methods: ANY, path: "/rest/api/*/issues/archive/export", why: LOOKS_LIKE_A_READ },
    { methods: ANY, path: "/rest/api/*/webhook/**", why: HOOK },
    { methods: ANY, path: "/rest/webhooks/**", why: HOOK },
    { methods: ANY, path: "/rest/atlassian-connect/**", why: "It is for apps that are installed on the site." },
  ],
  resources: [projectKind],
  probes: [
    mustRead("read:jira-work", "List projects", "/rest/api/3/project/search?maxResults=1"),
    mustRead("read:jira-user", "Read your profile", "/rest/api/3/myself"),
    judged("issues:comment", "Comment on an issue", "POST", "/rest/api/3/issue/0/comment"),
    judged("write:jira-work", "Create an issue", "POST", "/rest/api/3/issue"),
    judged("write:jira-work", "Delete an issue", "DELETE", "/rest/api/3/issue/0"),
    judged("manage:jira-project", "Create a component", "POST", "/rest/api/3/component"),
  ],
  unverified: [
    "That a second consent leaves the first alone on every site: one that ends asks its person to reconnect.",
    "That an issue keeps its project: one that was moved still answers to its old key, also in a grant that is kept to the old project.",
    "How long an old refresh token is still taken: not relied on.",
    "Reads by POST that an older description does not have (bulkfetch, approximate-count, sanitize, permissions/check, evaluate): refused.",
    "Which of several sites a consent was meant for: with more than one, nothing is connected.",
    "That the revocation endpoint takes a form, and what it ends along with a token.",
  ],
};
