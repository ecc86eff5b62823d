import type { Use } from "../activity/use";
import type { Connector } from "../connectors/connector";
import { Refusal } from "../errors";
import { needsBody } from "../policy/bodyNeeded";
import type { Bounds } from "../policy/bounds";
import type { Call, CallBody } from "../policy/call";
import { type Allowed, type Denied, decideCall } from "../policy/decide";
import { readGraphql } from "../policy/graphql";
import type { ReadPath } from "../policy/path";
import { readBody } from "./body";
import type { Entry } from "./enterGateway";
import type { UpstreamCall } from "./upstream";

/** A call as it came, before anything of it is judged. */
export interface AskedCall {
  readonly method: string;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
}

export interface JudgedCall {
  readonly decision: Allowed;
  /** What is forwarded: the very text that was judged, or the stream that did not have to be. */
  readonly body: UpstreamCall["body"];
}

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);

/** Asks the rules and the grant's bounds. Refuses `not_allowed` with the rule, `too_large`; the row learns what was decided. */
export async function judgeCall(use: Use, entry: Entry, asked: AskedCall, address: ReadPath): Promise<JudgedCall> {
  if (!METHODS.has(asked.method))
    throw new Refusal("not_allowed", `The gateway forwards no ${asked.method.slice(0, 20)} requests.`, { reason: "method_unknown" });
  const { connector, bounds } = entry.authority;
  const body = await readIfNeeded(connector, bounds, asked, address);
  const decision = decideCall(connector, entry.scopes, describe(connector, asked, address, body), bounds);
  if (decision.verdict === "ask") throw new Error("No rule asks yet.");
  if (decision.verdict === "deny") throw refusedByRule(use, entry, decision);
  use.row.detail = detailOf(decision);
  const bodyless = asked.method === "GET" || asked.method === "HEAD";
  return { decision, body: bodyless ? null : (body?.text ?? asked.body) };
}

async function readIfNeeded(
  connector: Connector,
  bounds: Bounds | null,
  { method, headers, body }: AskedCall,
  { path }: ReadPath,
): Promise<CallBody | null> {
  if (method === "GET" || method === "HEAD") return null;
  if (isFormLike(headers)) return readForm(headers, body);
  return needsBody(connector, { method, path }, bounds) ? readBody(headers, body) : null;
}

function describe(connector: Connector, { method, headers }: AskedCall, { path, query }: ReadPath, body: CallBody | null): Call {
  const speaksGraphql = body && method === "POST" && connector.api.graphqlPath === path;
  const graphql = speaksGraphql ? { graphql: readGraphql(body.text, headers.get("content-type"), query) } : {};
  return { method, path, query, ...(body ? { body } : {}), ...graphql };
}

function isFormLike(headers: Headers): boolean {
  return (headers.get("content-type") ?? "").trim().toLowerCase().startsWith("application/x-www-form-urlencoded");
}

/** Some servers let a form say that it is another method (`_method=delete`): it is read before it is sent. */
async function readForm(headers: Headers, stream: ReadableStream<Uint8Array> | null): Promise<CallBody> {
  const body = await readBody(headers, stream);
  refuseOverride(body);
  return body;
}

function refuseOverride({ text }: CallBody): void {
  const overrides = [...new URLSearchParams(text).keys()].some((name) => /^_(http)?method$/i.test(name.trim()));
  if (overrides) throw new Refusal("not_allowed", "Send the method you mean: a form may not replace it.", { reason: "method_override" });
}

/** What the row keeps: templates and names of what was lent, never what else the call held. */
function detailOf({ rule, scope, calls, writes, resources, inner }: Allowed): Record<string, unknown> {
  return { rule, scope, ...(resources ? { resources } : {}), ...(inner ? { calls, writes, inner } : {}) };
}

/** A refusal that teaches: the rule, the smallest grant that would have done, and where its person can lend just that. */
function refusedByRule(use: Use, { authority, scopes }: Entry, decision: Denied): Refusal {
  const { reason, sentence, smallestScope, smallestResource } = decision;
  const next = smallestScope
    ? `Ask ${authority.personName} for a grant with ${smallestScope}${smallestResource ? " for it" : ""}, if you need it.`
    : "Use what this grant opens: see /api/v1/agent/access.";
  const facts = {
    ...(smallestScope ? { smallest_scope: smallestScope } : {}),
    ...(smallestResource ? { smallest_resource: smallestResource } : {}),
    ...(authority.bounds && reason.startsWith("resource_") ? { bound: authority.bounds.resources } : {}),
  };
  const wanted = smallestResource ? [smallestScope ?? ""] : [...scopes, smallestScope ?? ""];
  const resources = smallestResource ? [smallestResource] : resourcesOf(authority.bounds);
  const fix =
    smallestScope && use.row.agentId ? grantLink(use.row.agentId, authority.connectionId, wanted, resources, authority.bounds) : undefined;
  return new Refusal("not_allowed", sentence, { reason, next, facts, ...(fix ? { fix } : {}) });
}

function resourcesOf(bounds: Bounds | null): string[] {
  return Object.entries(bounds?.resources ?? {}).flatMap(([kind, names]) => names.map((name) => `${kind}:${name}`));
}

/** The form for a new grant, filled in. Its person still has to read and agree. */
function grantLink(
  agent: string,
  connection: string,
  scopes: readonly string[],
  resources: readonly string[],
  bounds: Bounds | null,
): string {
  const query = new URLSearchParams({ agent, connection });
  for (const scope of scopes) query.append("scopes", scope);
  for (const resource of resources) query.append("resource", resource);
  if (bounds?.callsPerHour !== undefined) query.set("callsPerHour", String(bounds.callsPerHour));
  if (bounds?.writesPerRun !== undefined) query.set("writesPerRun", String(bounds.writesPerRun));
  return `/grants/new?${query}`;
}
