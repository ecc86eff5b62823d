import { type Caller, requireScope } from "./bearer";
import { answer, answerJson, type Exchange, readBody, Stop } from "./http";
import { addComment, createIssue, findIssue, removeIssue } from "./issues";
import type { Scope } from "./scopes";
import type { State } from "./state";

type Params = Readonly<Record<string, unknown>>;

interface Method {
  readonly scope: Scope;
  readonly run: (state: State, caller: Caller, params: Params) => unknown;
}

const issueOf = (state: State, { issue }: Params) => findIssue(state, String(issue));

const METHODS: Readonly<Record<string, Method>> = {
  me: { scope: "profile:read", run: (_, caller) => caller.person },
  "issues.list": { scope: "issues:read", run: (state) => state.data.issues },
  "issues.get": { scope: "issues:read", run: (state, _, params) => issueOf(state, params) },
  "issues.comment": {
    scope: "issues:write",
    run: (state, caller, params) => addComment(state, caller, issueOf(state, params), { body: params.body }),
  },
  "issues.create": { scope: "issues:write", run: createIssue },
  "issues.delete": { scope: "issues:write", run: (state, _, params) => removeIssue(state, issueOf(state, params)) },
};

/** `POST /rpc`: JSON-RPC 2.0, one call or a list of them. Each is run in turn, whatever came of the one before. */
export async function answerRpc(state: State, exchange: Exchange, caller: Caller): Promise<void> {
  const asked = parse(await readBody(exchange));
  const answers = [asked].flat(1).map((one) => runOne(state, caller, one as Params));
  const told = answers.filter((one) => one !== null);
  if (told.length === 0) return answer(exchange, 204, {}, "");
  answerJson(exchange, 200, Array.isArray(asked) ? told : told[0]);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Stop(400, { jsonrpc: "2.0", error: { code: -32700, message: "Parse error" }, id: null });
  }
}

/** Null for a notification, which is not answered. */
function runOne(state: State, caller: Caller, request: Params): unknown {
  const answered = "id" in request ? { jsonrpc: "2.0", id: request.id } : null;
  const outcome = outcomeOf(state, caller, request);
  return answered && { ...answered, ...outcome };
}

function outcomeOf(state: State, caller: Caller, { method, params }: Params): object {
  const known = typeof method === "string" && Object.hasOwn(METHODS, method) ? METHODS[method] : undefined;
  if (!known) return { error: { code: -32601, message: "Method not found" } };
  try {
    requireScope(caller, known.scope);
    return { result: known.run(state, caller, (params ?? {}) as Params) ?? null };
  } catch (error) {
    if (error instanceof Stop) return { error: { code: -32000, message: `Refused with ${error.status}` } };
    throw error;
  }
}
