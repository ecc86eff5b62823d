import { authenticateCall, type Caller, requireScope } from "./bearer";
import { BOX_ROUTES } from "./boxApi";
import { CLOUD_ROUTES } from "./cloudApi";
import { listFiles, redirectToContent, uploadFile } from "./files";
import { GITHUB_ROUTES } from "./githubApi";
import { answerGraphql } from "./graphql";
import { answerJson, type Exchange, Stop } from "./http";
import { deleteIssue, listIssues, patchIssue, postComment, postIssue, showIssue } from "./issues";
import type { Route } from "./route";
import { answerRpc } from "./rpc";
import type { State } from "./state";
import { streamEvents } from "./stream";

const ISSUE = /^\/api\/issues\/([^/]+)$/;

const ROUTES: readonly Route[] = [
  { method: "GET", path: /^\/api\/me$/, scope: "profile:read", handle: showMe },
  { method: "GET", path: /^\/api\/members$/, scope: "admin", handle: listMembers },
  { method: "GET", path: /^\/api\/issues$/, scope: "issues:read", handle: listIssues },
  { method: "POST", path: /^\/api\/issues$/, scope: "issues:write", handle: postIssue },
  { method: "GET", path: ISSUE, scope: "issues:read", handle: showIssue },
  { method: "PATCH", path: ISSUE, scope: "issues:write", handle: patchIssue },
  { method: "DELETE", path: ISSUE, scope: "issues:write", handle: deleteIssue },
  { method: "POST", path: /^\/api\/issues\/([^/]+)\/comments$/, scope: "issues:write", handle: postComment },
  { method: "GET", path: /^\/api\/files$/, scope: "files:read", handle: listFiles },
  { method: "GET", path: /^\/api\/files\/([^/]+)\/content$/, scope: "files:read", handle: redirectToContent },
  { method: "POST", path: /^\/api\/files$/, scope: "files:write", handle: uploadFile },
  { method: "GET", path: /^\/api\/stream$/, scope: "issues:read", handle: streamEvents },
  { method: "POST", path: /^\/graphql$/, scope: null, handle: answerGraphql },
  ...GITHUB_ROUTES,
  ...BOX_ROUTES,
  ...CLOUD_ROUTES,
  { method: "POST", path: /^\/rpc$/, scope: null, handle: answerRpc },
];

/** Everything that a bearer token opens: first who, then what, then whether. */
export async function answerApi(state: State, exchange: Exchange): Promise<void> {
  const caller = authenticateCall(state, exchange);
  const { route, id } = findRoute(exchange);
  if (route.scope !== null) requireScope(caller, route.scope);
  await route.handle(state, exchange, caller, id);
}

function findRoute(exchange: Exchange): { route: Route; id: string } {
  const method = exchange.method === "HEAD" ? "GET" : exchange.method;
  const here = ROUTES.filter((route) => route.path.test(exchange.path));
  if (here.length === 0) throw new Stop(404, { error: "not_found" });
  const route = here.find((one) => one.method === method);
  if (!route) throw new Stop(405, { error: "method_not_allowed" }, { allow: here.map((one) => one.method).join(", ") });
  return { route, id: route.path.exec(exchange.path)?.[1] ?? "" };
}

function showMe(_state: State, exchange: Exchange, caller: Caller): void {
  answerJson(exchange, 200, caller.person);
}

function listMembers(state: State, exchange: Exchange): void {
  answerJson(exchange, 200, state.options.people);
}
