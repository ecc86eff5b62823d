import { Readable } from "node:stream";
import { recordUse, type Use } from "../activity/use";
import type { Connector } from "../connectors/connector";
import type { Core } from "../ctx";
import { Refusal } from "../errors";
import { apiBase } from "../grants/apiBase";
import { decideCall, type Verdict } from "../policy/decide";
import { type GraphqlOperations, readGraphql } from "../policy/graphql";
import { type ReadPath, readPath } from "../policy/path";
import { admitUse } from "./admit";
import type { Authority } from "./authority";
import { gatewayToken } from "./directAccess";
import { type Entry, enterGateway, type GatewayCall } from "./enterGateway";
import { downstreamHeaders } from "./headers";
import { refuseBroken, sendUpstream, type UpstreamAnswer, type UpstreamCall } from "./upstream";

export interface ProxyRequest extends GatewayCall {
  readonly method: string;
  /** As the caller wrote it, from the slash behind the connector's id on, with the query. */
  readonly rawPath: string;
  readonly body: ReadableStream<Uint8Array> | null;
  readonly signal: AbortSignal;
  readonly runId?: string | undefined;
  readonly traceId?: string | undefined;
  readonly requestId?: string | undefined;
}

/** What has to be read before it can be judged may be this large. Everything else streams. */
const READ_BYTES_MAX = 1024 * 1024;
const NO_BODY_STATUS = new Set([101, 204, 205, 304]);
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);

/**
 * Forwards one call with the account's own token, if the grant's access opens it. The row is committed before the SaaS
 * hears of the call; what the rules refuse never reaches it.
 *
 * Refuses `invalid_token`, `invalid_grant`, `interaction_required`, `not_allowed` with the rule, `upstream_failed`.
 */
export function proxy(core: Core, request: ProxyRequest): Promise<Response> {
  const target = `${request.method} ${request.rawPath.split("?", 1)[0]}`.slice(0, 500);
  const about = {
    event: "gateway.call" as const,
    target,
    requestId: request.requestId,
    traceId: request.traceId,
    runIdClaimed: request.runId,
  };
  return recordUse(core, about, async (use) => {
    const entry = await enterGateway(core, use, request);
    const { authority, scopes } = entry;
    const address = readAddress(authority.connector, request.rawPath);
    const body = await decide(use, entry, request, address);
    const pathAndQuery = spellAddress(authority.connector, address);
    const call: UpstreamCall = { method: request.method, pathAndQuery, headers: request.headers, body, signal: request.signal };
    const { accessToken: token, fellBack } = await gatewayToken(core, authority, scopes);
    if (fellBack) use.row.detail = { ...(use.row.detail as object), account_token: fellBack };
    await admitUse(core, use, authority);
    return forward(core, use, authority, scopes, call, token);
  });
}

/** Rules are written without the slash that some APIs want at every path's end: it is taken off here and put on again. */
function readAddress({ api }: Connector, rawPath: string): ReadPath {
  return readPath(api.trailingSlash ? rawPath.replace(/^([^?]*[^/?])\/(?=\?|$)/, "$1") : rawPath);
}

function spellAddress({ api }: Connector, { path, query }: ReadPath): string {
  const whole = api.trailingSlash && path !== "/" ? `${path}/` : path;
  return query ? `${whole}?${query}` : whole;
}

/** Asks the rules, and hands back the body to forward: GraphQL is read to be judged, everything else streams past. */
async function decide(
  use: Use,
  { authority, scopes }: Entry,
  request: ProxyRequest,
  { path, query }: ReadPath,
): Promise<UpstreamCall["body"]> {
  if (!METHODS.has(request.method))
    throw new Refusal("not_allowed", `The gateway forwards no ${request.method.slice(0, 20)} requests.`, { reason: "method_unknown" });
  const speaksGraphql = authority.connector.api.graphqlPath === path && request.method === "POST";
  const text = speaksGraphql ? await readText(request.body, READ_BYTES_MAX) : null;
  const graphql: GraphqlOperations | undefined = text === null ? undefined : readGraphql(text, request.headers.get("content-type"), query);
  const decision = decideCall(authority.connector, scopes, { method: request.method, path, ...(graphql ? { graphql } : {}) });
  if (decision.verdict !== "allow") throw refusedByRule(use, { authority, scopes }, decision);
  use.row.detail = { rule: decision.rule, scope: decision.scope };
  if (request.method === "GET" || request.method === "HEAD") return null;
  return text ?? (isForm(request.headers) ? readForm(request.body) : request.body);
}

function isForm(headers: Headers): boolean {
  return (headers.get("content-type") ?? "").trim().toLowerCase().startsWith("application/x-www-form-urlencoded");
}

/** Some servers let a form say that it is another method (`_method=delete`): it is read before it is sent. */
async function readForm(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const text = await readText(body, READ_BYTES_MAX);
  const overrides = [...new URLSearchParams(text).keys()].some((name) => /^_(http)?method$/i.test(name.trim()));
  if (overrides) throw new Refusal("not_allowed", "Send the method you mean: a form may not replace it.", { reason: "method_override" });
  return text;
}

/** A refusal that teaches: the rule, the smallest scope that would have done, and where its person can lend just that. */
function refusedByRule(use: Use, { authority, scopes }: Entry, decision: Exclude<Verdict, { verdict: "allow" }>): Refusal {
  if (decision.verdict === "ask") throw new Error("No rule asks yet.");
  const { reason, sentence, smallestScope } = decision;
  if (!smallestScope) return new Refusal("not_allowed", sentence, { reason, next: "Use what this grant opens: see /api/v1/agent/access." });
  const next = `Ask ${authority.personName} for a grant with ${smallestScope}, if you need it.`;
  const fix = use.row.agentId ? grantLink(use.row.agentId, authority.connectionId, [...scopes, smallestScope]) : undefined;
  return new Refusal("not_allowed", sentence, { reason, next, facts: { smallest_scope: smallestScope }, ...(fix ? { fix } : {}) });
}

/** The form for a new grant, filled in. Its person still has to read and agree. */
function grantLink(agent: string, connection: string, scopes: readonly string[]): string {
  const query = new URLSearchParams({ agent, connection });
  for (const scope of scopes) query.append("scopes", scope);
  return `/grants/new?${query}`;
}

async function forward(
  core: Core,
  use: Use,
  authority: Authority,
  scopes: readonly string[],
  call: UpstreamCall,
  token: string,
): Promise<Response> {
  const begun = performance.now();
  let upstream = await sendUpstream(core, authority.connector, call, token);
  if (upstream.statusCode === 401 && call.body === null) upstream = await onceMore(core, authority, scopes, call, token, upstream);
  const answer = respond(core, use, authority, call, upstream);
  await use.settle({ upstreamStatus: upstream.statusCode, durationMs: Math.round(performance.now() - begun) });
  return answer;
}

/** The SaaS no longer takes the token it had: one refresh, one more try, for calls that have no effect and no body. */
async function onceMore(
  core: Core,
  authority: Authority,
  scopes: readonly string[],
  call: UpstreamCall,
  token: string,
  refused: UpstreamAnswer,
): Promise<UpstreamAnswer> {
  if (call.method !== "GET" && call.method !== "HEAD") return refused;
  const renewed = await gatewayToken(core, authority, scopes, token).catch(() => null);
  if (!renewed || renewed.accessToken === token) return refused;
  await refused.body.dump();
  return sendUpstream(core, authority.connector, call, renewed.accessToken);
}

function respond(core: Core, use: Use, authority: Authority, call: UpstreamCall, upstream: UpstreamAnswer): Response {
  refuseBroken(authority.connector, upstream);
  const headers = downstreamHeaders(upstream.headers, authority.connector.api.baseUrl, apiBase(core, authority.connector, "gateway"));
  headers.set("valet-use-id", use.row.id);
  const bodyless = call.method === "HEAD" || NO_BODY_STATUS.has(upstream.statusCode);
  if (bodyless) upstream.body.resume();
  const body = bodyless ? null : (Readable.toWeb(upstream.body) as ReadableStream<Uint8Array>);
  return new Response(body, { status: upstream.statusCode, headers });
}

async function readText(body: ReadableStream<Uint8Array> | null, bytesMax: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > bytesMax)
      throw new Refusal("too_large", "A GraphQL document or a form may have 1 MiB at most.", { reason: "body_too_large" });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
