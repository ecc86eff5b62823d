import type { Batch } from "../connectors/beyondScopes";
import type { BatchUnreadable, ReadBatch } from "./batch";
import type { Call, CallBody } from "./call";
import { asBody, asMembers, strictJson } from "./members";

/** JSON-RPC 2.0: one call or a list of them, each decided by the name of its method. */
export function readRpc(_batch: Batch, call: Call, body: CallBody): ReadBatch | BatchUnreadable {
  const json = strictJson(body);
  if ("unreadable" in json) return json;
  const calls = [json.value].flat(1).map((one) => rpcCall(call.path, one));
  if (calls.includes(null)) return { unreadable: "Send JSON-RPC 2.0: jsonrpc, method, params and id, and nothing beside them." };
  return { calls: calls as Call[] };
}

function rpcCall(path: string, value: unknown): Call | null {
  const request = asMembers(value, "jsonrpc", "method", "params", "id");
  if (request?.jsonrpc !== "2.0" || typeof request.method !== "string" || !/^[\w./-]{1,100}$/.test(request.method)) return null;
  const { params } = request;
  if (params !== undefined && (typeof params !== "object" || params === null)) return null;
  return { method: "POST", path, query: "", body: asBody(params), rpc: request.method };
}
