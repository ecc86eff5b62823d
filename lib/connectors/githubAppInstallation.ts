import { readFlatAccount } from "./account";
import type { AppPermissions, Connector, ConnectorScope } from "./connector";
import { githubAppUser } from "./githubAppUser";
import { linkExceptions, linkSpellings } from "./githubLinks";
import { githubPermissions } from "./githubPermissions";
import { ownRepositories, repositoryKind } from "./githubRepository";
import { mustRead } from "./probes";
import { reads } from "./rules";

/** About a person, and an installation is none. */
const OF_A_PERSON = ["profile:read", "emails:read"];

const permissions: Readonly<Record<string, AppPermissions>> = Object.fromEntries(
  Object.entries(githubPermissions).filter(([name]) => !OF_A_PERSON.includes(name)),
);

/** Held by the gateway alone: GitHub has no permission of that size. */
const OF_VALET = ["issues:comment", "graphql:read"];

/** No call of these says which repository it is about, or not each. */
const BESIDE = ["graphql:read", "members:read"];

const SCOPES: readonly ConnectorScope[] = githubAppUser.scopes.flatMap((scope) => {
  if (OF_VALET.includes(scope.name)) return [scope];
  if (!Object.hasOwn(permissions, scope.name)) return [];
  const opens = scope.name === "metadata:read" ? [...scope.opens, ...reads("/installation/repositories")] : scope.opens;
  // Unlike with a person's token, every answer says which of these it has.
  return [{ ...scope, opens, virtual: false, ...(scope.access === "read" ? { preset: true } : {}) }];
});

export const githubAppInstallation: Connector = {
  id: "github-app-installation",
  name: "GitHub App installation",
  summary: "Repositories of an organization, as the GitHub App itself; for its owners, one account each time.",
  tile: { letters: "GI", color: "#24292f" },
  docsUrl:
    "https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-an-installation-access-token-for-a-github-app",
  // The person's walk only proves which installations are theirs: its token is ended at once.
  oauth: { ...githubAppUser.oauth, scopeParameter: "none" },
  tokens: {
    accessSeconds: 3600,
    refresh: "minted",
    narrowing: { how: "github_installation", permissions },
    refreshKillsAccess: false,
  },
  revocation: {
    how: "bearer_delete",
    url: "https://api.github.com/installation/token",
    reach: "token",
    note: "GitHub ends the token. The app stays installed until an owner removes it there.",
  },
  account: { method: "GET", url: "https://api.github.com/user", read: (body) => readFlatAccount(body, "id", ["login"]) },
  api: { baseUrl: "https://api.github.com", graphqlPath: "/graphql", linkSpellings },
  scopes: SCOPES,
  exceptions: linkExceptions,
  resources: [
    repositoryKind(
      SCOPES.map(({ name }) => name).filter((name) => !BESIDE.includes(name)),
      [],
      {
        ...ownRepositories(["metadata:read"]),
        path: "/installation/repositories",
        query: { per_page: "100" },
        items: "repositories",
      },
    ),
  ],
  probes: [
    mustRead("metadata:read", "List the repositories", "/installation/repositories?per_page=1"),
    ...(githubAppUser.probes ?? []).filter(({ scope, reach }) => reach === "decided" && SCOPES.some(({ name }) => name === scope)),
  ],
  unverified: [
    "That an app's proof may live for ten minutes: it is given nine, from a minute ago.",
    "That an owner who leaves the organization is told to anybody: who connected an installation is asked once.",
    "That a token with contents:write alone cannot change workflow files: said otherwise to the person.",
    "That archive, artifact and log downloads answer with a pre-signed link: refused either way.",
  ],
};
