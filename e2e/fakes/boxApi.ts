import { type Caller, requireScope } from "./bearer";
import { answerJson, type Exchange, Stop } from "./http";
import type { Route } from "./route";
import type { State } from "./state";

/** The tracker's files at the paths that Box has for them. */
export const BOX_ROUTES: readonly Route[] = [
  { method: "GET", path: /^\/2\.0\/users\/me$/, scope: null, handle: (_, exchange, { person }) => answerJson(exchange, 200, person) },
  { method: "GET", path: /^\/2\.0\/folders\/([^/]+)\/items$/, scope: null, handle: listItems },
  { method: "POST", path: /^\/2\.0\/folders$/, scope: "root_readwrite", handle: () => Promise.reject(new Stop(409, { code: "exists" })) },
];

function listItems(state: State, exchange: Exchange, caller: Caller): void {
  if (!caller.token.scopes.includes("root_readwrite")) requireScope(caller, "root_readonly");
  answerJson(exchange, 200, { total_count: state.data.files.length, entries: state.data.files });
}
