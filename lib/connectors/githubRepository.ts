import type { ResourceKind } from "./beyondScopes";
import type { Listing } from "./listing";
import { posts, reads, rules } from "./rules";

const REPO = "/repos/*/*";

/** Those that the person can reach, whoever owns them; the newest work first. */
export const ownRepositories = (scopes: readonly string[]): Listing => ({
  scopes,
  path: "/user/repos",
  query: { per_page: "100", sort: "pushed" },
  items: "",
  id: "{full_name}",
  label: "{full_name}",
  next: { how: "link", parameter: "page" },
});

/** GitHub names a repository in the path of nearly every call about it. Searches and lists over all of them name none. */
export function repositoryKind(governs: readonly string[], apart: readonly string[], listing: Listing): ResourceKind {
  return {
    id: "repository",
    label: "Only these repositories",
    example: "acme/site",
    pattern: /^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/,
    caseless: true,
    governs,
    apart,
    listing,
    named: [
      { path: "/repos/{}/{}/**" },
      // A pull request may come from another repository of the same organization.
      { path: `${REPO}/pulls`, parameter: "head_repo" },
    ],
    beyond: [
      // Compares with any fork, private ones too.
      ...reads(`${REPO}/compare/*:*`, `${REPO}/forks`),
      ...posts(`${REPO}/forks`, `${REPO}/merge-upstream`),
      // Issues are linked across repositories, and these answers bring the other ones along.
      ...reads(`${REPO}/issues/*/timeline`, `${REPO}/issues/*/parent`),
      ...rules(["GET", "POST", "PUT", "PATCH", "DELETE"], `${REPO}/issues/*/sub_issues/**`, `${REPO}/issues/*/dependencies/**`),
    ],
  };
}
