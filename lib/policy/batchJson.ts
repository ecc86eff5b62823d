import type { Batch } from "../connectors/beyondScopes";
import type { BatchUnreadable, ReadBatch } from "./batch";
import type { Call, CallBody } from "./call";
import { areHarmlessHeaders, asBody, asMembers, asMethod, asTarget, strictJson } from "./members";

/** Microsoft Graph: `{requests: [{id, method, url, headers?, body?, dependsOn?}]}`, addresses below the version. */
export function readGraph(batch: Batch, _call: Call, body: CallBody): ReadBatch | BatchUnreadable {
  const json = strictJson(body);
  if ("unreadable" in json) return json;
  const requests = asMembers(json.value, "requests")?.requests;
  if (!Array.isArray(requests)) return { unreadable: "Send a list named requests, and nothing beside it." };
  if (new Set(requests.map((one) => String(one?.id))).size !== requests.length)
    return { unreadable: "Give each request an id of its own." };
  return all(requests, (one) => graphCall(batch, one));
}

function graphCall({ prefix = "" }: Batch, value: unknown): Call | null {
  const request = asMembers(value, "id", "method", "url", "headers", "body", "dependsOn");
  const method = asMethod(request?.method);
  const target = asTarget(request?.url);
  if (!request || !method || !target || !isId(request.id) || !areHarmlessHeaders(request.headers)) return null;
  return { method, path: prefix + target.path, query: target.query, body: asBody(request.body) };
}

/** Asana: `{data: {actions: [{relative_path, method, data?, options?}]}}`. */
export function readAsana(_batch: Batch, _call: Call, body: CallBody): ReadBatch | BatchUnreadable {
  const json = strictJson(body);
  if ("unreadable" in json) return json;
  const actions = asMembers(asMembers(json.value, "data")?.data, "actions")?.actions;
  if (!Array.isArray(actions)) return { unreadable: "Send a list named actions in data, and nothing beside it." };
  return all(actions, asanaCall);
}

function asanaCall(value: unknown): Call | null {
  const action = asMembers(value, "relative_path", "method", "data", "options");
  const method = asMethod(action?.method);
  const target = asTarget(action?.relative_path);
  const options = action?.options === undefined ? {} : asMembers(action.options, "limit", "offset", "fields", "pretty");
  if (!action || !method || !target || !options) return null;
  return { method, path: target.path, query: target.query, body: asBody(action.data) };
}

/** Every call of a list, or that one of them cannot be told. */
export function all(list: readonly unknown[], read: (value: unknown) => Call | null): ReadBatch | BatchUnreadable {
  const calls = list.map(read);
  const at = calls.indexOf(null) + 1;
  if (at === 0) return { calls: calls as Call[] };
  return {
    unreadable: `Call ${at} is not clear. Give it a method, a path without a host, and no headers or members that say who calls or how.`,
  };
}

function isId(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number";
}
