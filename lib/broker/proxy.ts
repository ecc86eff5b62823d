import { Readable } from "node:stream";
import { recordUse, type Use } from "../activity/use";
import type { Connector } from "../connectors/connector";
import type { Core } from "../ctx";
import { apiBase } from "../grants/apiBase";
import { type ReadPath, readPath } from "../policy/path";
import { admitUse } from "./admit";
import type { Authority } from "./authority";
import { gatewayToken } from "./directAccess";
import { enterGateway, type GatewayCall } from "./enterGateway";
import { downstreamHeaders } from "./headers";
import { judgeCall } from "./judge";
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

const NO_BODY_STATUS = new Set([101, 204, 205, 304]);

/**
 * Forwards one call with the account's own token, if the grant's access opens it. The row is committed before the SaaS
 * hears of the call; what the rules refuse never reaches it.
 *
 * Refuses `invalid_token`, `invalid_grant`, `interaction_required`, `not_allowed` with the rule, `too_many_requests` beyond the
 * grant's limits, `upstream_failed`.
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
    const { body, decision } = await judgeCall(use, entry, request, address);
    const pathAndQuery = spellAddress(authority.connector, address);
    const call: UpstreamCall = { method: request.method, pathAndQuery, headers: request.headers, body, signal: request.signal };
    const { accessToken: token } = await gatewayToken(core, authority, scopes);
    await admitUse(core, use, authority, decision);
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
