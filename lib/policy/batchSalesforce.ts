import type { Batch } from "../connectors/beyondScopes";
import type { BatchUnreadable, ReadBatch } from "./batch";
import { all } from "./batchJson";
import type { Call, CallBody } from "./call";
import { areHarmlessHeaders, asBody, asMembers, asMethod, asTarget, isObject, type Members, strictJson } from "./members";

const DATA = "/services/data";
const LEVELS_MAX = 5;

/** `composite`: `{compositeRequest: [{method, url, referenceId, body?, httpHeaders?}]}`. An address that is filled in from an earlier answer cannot be told. */
export function readComposite(_batch: Batch, _call: Call, body: CallBody): ReadBatch | BatchUnreadable {
  const list = listIn(body, "compositeRequest", "allOrNone", "collateSubrequests");
  return Array.isArray(list) ? all(list, compositeCall) : list;
}

function compositeCall(value: unknown): Call | null {
  const request = asMembers(value, "method", "url", "referenceId", "body", "httpHeaders");
  const method = asMethod(request?.method);
  const target = asTarget(request?.url);
  if (!request || !method || !target || !areHarmlessHeaders(request.httpHeaders)) return null;
  return { method, path: target.path, query: target.query, body: asBody(request.body) };
}

/** `composite/batch`: `{batchRequests: [{method, url, richInput?}]}`, addresses from the version on. */
export function readCompositeBatch(_batch: Batch, _call: Call, body: CallBody): ReadBatch | BatchUnreadable {
  const list = listIn(body, "batchRequests", "haltOnError");
  return Array.isArray(list) ? all(list, batchedCall) : list;
}

function batchedCall(value: unknown): Call | null {
  const request = asMembers(value, "method", "url", "richInput");
  const method = asMethod(request?.method);
  const url = typeof request?.url === "string" && request.url.startsWith("v") ? `${DATA}/${request.url}` : request?.url;
  const target = asTarget(url);
  if (!request || !method || !target) return null;
  return { method, path: target.path, query: target.query, body: asBody(request.richInput) };
}

/** `composite/tree/{type}`: records with their children, each a record that is created. */
export function readCompositeTree(_batch: Batch, call: Call, body: CallBody): ReadBatch | BatchUnreadable {
  const list = listIn(body, "records");
  if (!Array.isArray(list)) return list;
  const types = typesIn(list, 1);
  const wanted = call.path.split("/").at(-1);
  if (!types || !list.every((one) => typeOf(one) === wanted))
    return { unreadable: "Give each record its type in attributes, and fields that are plain values or records." };
  const base = call.path.split("/").slice(0, 4).join("/");
  return { calls: types.map((type) => ({ method: "POST", path: `${base}/sobjects/${type}`, query: "", body: null })) };
}

/** The type of every record in a tree; null when one of them, or what hangs on it, cannot be told. */
function typesIn(records: readonly unknown[], level: number): string[] | null {
  if (level > LEVELS_MAX) return null;
  const found: string[] = [];
  for (const record of records) {
    const type = typeOf(record);
    const below = type === null ? null : typesBelow(record as Members, level);
    if (type === null || below === null) return null;
    found.push(type, ...below);
  }
  return found;
}

function typesBelow({ attributes, ...fields }: Members, level: number): string[] | null {
  const found: string[] = [];
  for (const field of Object.values(fields).filter((value) => typeof value === "object" && value !== null)) {
    const children = asMembers(field, "records")?.records;
    const types = Array.isArray(children) ? typesIn(children, level + 1) : null;
    if (!types) return null;
    found.push(...types);
  }
  return found;
}

/** `composite/sobjects`: one record each to create or, with its id, to change. Deletion names ids alone, so nobody can tell of what. */
export function readCompositeRecords(_batch: Batch, call: Call, body: CallBody): ReadBatch | BatchUnreadable {
  const list = listIn(body, "records", "allOrNone");
  if (!Array.isArray(list)) return list;
  const base = call.path.split("/").slice(0, 4).join("/");
  return all(list, (one) => recordCall(base, call.method, one));
}

function recordCall(base: string, method: string, value: unknown): Call | null {
  const type = typeOf(value);
  if (type === null || !isObject(value)) return null;
  const { attributes, ...fields } = value;
  if (Object.values(fields).some((field) => typeof field === "object" && field !== null)) return null;
  const ids = Object.entries(fields).filter(([name]) => name.toLowerCase() === "id");
  if (method === "POST") return ids.length === 0 ? { method, path: `${base}/sobjects/${type}`, query: "", body: null } : null;
  const id = ids[0]?.[1];
  if (method !== "PATCH" || typeof id !== "string" || !/^[a-zA-Z0-9]{15,18}$/.test(id)) return null;
  return { method, path: `${base}/sobjects/${type}/${id}`, query: "", body: null };
}

function typeOf(value: unknown): string | null {
  const type = isObject(value) ? asMembers(value.attributes, "type", "referenceId")?.type : null;
  return typeof type === "string" && /^[a-zA-Z]\w{0,80}$/.test(type) ? type : null;
}

function listIn(body: CallBody, name: string, ...beside: string[]): unknown[] | BatchUnreadable {
  const json = strictJson(body);
  if ("unreadable" in json) return json;
  const list = asMembers(json.value, name, ...beside)?.[name];
  return Array.isArray(list) ? [...list] : { unreadable: `Send a list named ${name}, and nothing that is not documented beside it.` };
}
