import { type Caller, requireScope } from "./bearer";
import { answer, answerJson, type Exchange, Stop } from "./http";
import { listIssues, pageOf, postIssue } from "./issues";
import type { Route } from "./route";
import type { Installation, State } from "./state";

const ISSUES = /^\/repos\/([^/]+\/[^/]+)\/issues$/;

const REPOSITORIES_PER_PAGE = 30;
/** What a person of the company can reach, the newest work first: two pages of a hundred. */
export const REPOSITORIES: readonly string[] = [
  ...["acme/site", "acme/shop", "acme/warehouse-screens", "linus/notes"],
  ...Array.from({ length: 126 }, (_, index) => `acme/archive-${String(index + 1).padStart(3, "0")}`),
];

/** The tracker's issues at the paths that GitHub has for them, the same ones in every repository. */
export const GITHUB_ROUTES: readonly Route[] = [
  { method: "GET", path: /^\/user$/, scope: null, handle: showUser },
  { method: "GET", path: /^\/user\/repos$/, scope: null, handle: listOwnRepositories },
  { method: "GET", path: /^\/installation\/repositories$/, scope: null, handle: listInstallationRepositories },
  { method: "GET", path: /^\/user\/installations$/, scope: null, handle: listInstallations },
  { method: "GET", path: /^\/user\/memberships\/orgs\/([^/]+)$/, scope: null, handle: showMembership },
  { method: "GET", path: ISSUES, scope: null, handle: inRepository("issues:read", listIssues) },
  { method: "POST", path: ISSUES, scope: null, handle: inRepository("issues:write", postIssue) },
  { method: "DELETE", path: /^\/installation\/token$/, scope: null, handle: endInstallationToken },
];

/** A repository beyond the token's looks as if it were not there. */
function inRepository(scope: "issues:read" | "issues:write", handle: Route["handle"]): Route["handle"] {
  return (state, exchange, caller, repository) => {
    const { repositories } = caller.token;
    if (repositories && !repositories.includes(repository)) throw new Stop(404, { message: "Not Found" });
    requireScope(caller, scope);
    return handle(state, exchange, caller, repository);
  };
}

/** `GET /user/repos`: of a token that is kept to some, those. */
function listOwnRepositories(_state: State, exchange: Exchange, { person, token }: Caller): void {
  refuseBot(person.login);
  const { items, headers } = pageOf(exchange, token.repositories ?? REPOSITORIES, REPOSITORIES_PER_PAGE);
  answerJson(exchange, 200, items.map(asRepository), headers);
}

/** `GET /installation/repositories`: with an installation's token alone. */
function listInstallationRepositories(_state: State, exchange: Exchange, { person, token }: Caller): void {
  if (!person.login.endsWith("[bot]")) throw new Stop(403, { message: "This needs an installation's token." });
  const all = token.repositories ?? [];
  const { items, headers } = pageOf(exchange, all, REPOSITORIES_PER_PAGE);
  answerJson(exchange, 200, { total_count: all.length, repositories: items.map(asRepository) }, headers);
}

function asRepository(full_name: string) {
  const [login, name] = full_name.split("/");
  return { full_name, name, owner: { login }, private: true, description: `What ${name} is for` };
}

function showUser(_state: State, exchange: Exchange, { person }: Caller): void {
  refuseBot(person.login);
  answerJson(exchange, 200, person);
}

/** `GET /user/installations`: those that the person may at least read one repository of. */
function listInstallations(state: State, exchange: Exchange, { person, token }: Caller): void {
  refuseBot(person.login);
  const shown = state.installations.filter((one) => one.clientId === token.clientId && one.seenBy.includes(person.login));
  const installations = shown.map(({ id, account, permissions }) => ({ id, account, permissions, repository_selection: "selected" }));
  answerJson(exchange, 200, { total_count: installations.length, installations });
}

/** `GET /user/memberships/orgs/{org}`: 404 for who is not in it. */
function showMembership(state: State, exchange: Exchange, { person }: Caller, org: string): void {
  refuseBot(person.login);
  const there = (one: Installation) => one.account.login === org && one.seenBy.includes(person.login);
  const installation = state.installations.find(there);
  if (installation === undefined) throw new Stop(404, { message: "Not Found" });
  answerJson(exchange, 200, { state: "active", role: installation.owners.includes(person.login) ? "admin" : "member" });
}

function endInstallationToken(_state: State, exchange: Exchange, { token, person }: Caller): void {
  if (!person.login.endsWith("[bot]")) throw new Stop(403, { message: "This needs an installation's token." });
  token.ended = true;
  answer(exchange, 204, {}, "");
}

function refuseBot(login: string): void {
  if (login.endsWith("[bot]")) throw new Stop(403, { message: "Resource not accessible by integration" });
}
