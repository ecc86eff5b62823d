import { recordUse, type Use } from "../activity/use";
import type { Connector } from "../connectors/connector";
import type { Core } from "../ctx";
import { Refusal } from "../errors";
import { apiBase } from "../grants/apiBase";
import { type Answer, type BodyStream, type Leaving, StreamAnswer } from "../net/message";
import { type ReadPath, readPath } from "../policy/path";
import { type Recall, readBefore } from "../recall";
import { admitUse } from "./admit";
import { answerBody } from "./answerBody";
import type { Authority } from "./authority";
import { takeCallPlace } from "./callPlaces";
import { gatewayToken } from "./directAccess";
import { type Entry, enterGateway, type GatewayCall, proveEntrant, proveEntrantAgain } from "./enterGateway";
import { downstreamHeaders, withoutOwnToken } from "./headers";
import { judgeCall } from "./judge";
import { refusedUnread } from "./refusedCall";
import { newBasis, rememberedFirst } from "./rememberedFirst";
import { causeOf, refuseBroken, requireSaasUp, sendUpstream, type UpstreamAnswer, type UpstreamCall, whyBroken } from "./upstream";

export interface ProxyRequest extends GatewayCall {
  readonly body: BodyStream | null;
  readonly signal: Leaving;
  readonly runId?: string | undefined;
  readonly traceId?: string | undefined;
  readonly requestId?: string | undefined;
  /** Hears who wants to know when the call has ended; absent where nobody can tell. */
  readonly atEnd?: ((then: () => void) => void) | undefined;
}

const NO_BODY_STATUS = new Set([101, 204, 205, 304]);
/** How an answer ends that its reader no longer wants. */
const CALLER_LEFT = new Set(["UND_ERR_ABORTED", "ABORT_ERR", "ERR_STREAM_PREMATURE_CLOSE"]);

/**
 * Forwards one call with the account's own token, if the grant's access opens it. The row is committed before the SaaS
 * hears of the call; what the rules refuse never reaches it.
 *
 * Refuses `invalid_token`, `invalid_grant`, `interaction_required`, `not_allowed` with the rule, `too_many_requests` beyond the
 * grant's limits, `upstream_failed`.
 */
export function proxy(core: Core, request: ProxyRequest): Promise<Answer> {
  const target = `${request.method} ${request.rawPath.split("?", 1)[0]}`.slice(0, 500);
  const about = {
    event: "gateway.call" as const,
    target,
    requestId: request.requestId,
    traceId: request.traceId,
    runIdClaimed: request.runId,
  };
  return recordUse(core, about, async (use) => {
    const basis = newBasis();
    const recall = readBefore(core.db, basis);
    const entrant = await proveEntrant(core, use, request, recall);
    const admitted = await rememberedFirst(core, use, basis, recall, async (reading, again) => {
      if (again) await proveEntrantAgain(core, entrant);
      const entry = await enterGateway(core, use, entrant, request, again ? undefined : reading);
      if (!again) takeCallPlace(core, use.row.agentId, entry.authority, request.atEnd);
      return admitCall(core, use, entry, request, reading);
    });
    const answer = await forward(core, use, admitted);
    if (entrant.nextNonce) answer.headers.set("dpop-nonce", entrant.nextNonce);
    return answer;
  });
}

/** A call that the ledger has: what goes to the SaaS, and by which token. */
interface AdmittedCall {
  readonly authority: Authority;
  readonly scopes: readonly string[];
  readonly call: UpstreamCall;
  readonly token: string;
}

async function admitCall(core: Core, use: Use, entry: Entry, request: ProxyRequest, recall: Recall): Promise<AdmittedCall> {
  const { authority, scopes } = entry;
  const { address, body, decision } = await readAndJudge(core, use, entry, request).catch((error: unknown) => {
    throw refusedUnread(error);
  });
  const pathAndQuery = spellAddress(authority.connector, address);
  const headers = withoutOwnToken(request.headers, request.bearer);
  const call: UpstreamCall = { method: request.method, pathAndQuery, headers, body, signal: request.signal };
  requireSaasUp(core, authority.connector, call);
  const how = { keptOnly: use.row.basis?.recalled === true, recall };
  const { accessToken: token, fellBack } = await gatewayToken(core, authority, scopes, how);
  if (fellBack) use.row.detail = { ...(use.row.detail as object), account_token: fellBack };
  await admitUse(core, use, authority, decision);
  return { authority, scopes, call, token };
}

/** The caller's own token, or any at a SaaS that takes them there (RFC 6750 section 2.3). Others `readPath` knows by name. */
function refuseTokenInAddress({ api }: Connector, { bearer, rawPath }: ProxyRequest, { query }: ReadPath): void {
  const named = api.tokenParameter !== undefined && new URLSearchParams(query).has(api.tokenParameter);
  if (!named && !(bearer && rawPath.includes(bearer))) return;
  throw new Refusal("not_allowed", "Leave tokens out of the address: Valet adds the account's own.", { reason: "credential_in_url" });
}

/** Rules are written without the slash that some APIs want at every path's end: it is taken off here and put on again. */
export function readAddress({ api }: Connector, rawPath: string): ReadPath {
  return readPath(api.trailingSlash ? rawPath.replace(/^([^?]*[^/?])\/(?=\?|$)/, "$1") : rawPath);
}

export function spellAddress({ api }: Connector, { path, query }: ReadPath): string {
  const whole = api.trailingSlash && path !== "/" ? `${path}/` : path;
  return query ? `${whole}?${query}` : whole;
}

async function readAndJudge(core: Core, use: Use, entry: Entry, request: ProxyRequest) {
  const address = readAddress(entry.authority.connector, request.rawPath);
  refuseTokenInAddress(entry.authority.connector, request, address);
  return { address, ...(await judgeCall(core, use, entry, request, address)) };
}

async function forward(core: Core, use: Use, { authority, scopes, call, token }: AdmittedCall): Promise<Answer> {
  const begun = performance.now();
  let upstream = await sendUpstream(core, authority.connector, call, token, authority.connectionId);
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
  const renewed = await gatewayToken(core, authority, scopes, { rejected: token }).catch(() => null);
  if (!renewed || renewed.accessToken === token) return refused;
  await refused.body.dump();
  return sendUpstream(core, authority.connector, call, renewed.accessToken, authority.connectionId);
}

function respond(core: Core, use: Use, authority: Authority, call: UpstreamCall, upstream: UpstreamAnswer): Answer {
  refuseBroken(authority.connector, upstream);
  noteBreakOff(core, use, authority, upstream);
  const gatewayBase = apiBase(core, authority.connector, "gateway");
  const headers = downstreamHeaders(upstream.headers, authority.connector.api, gatewayBase, call.pathAndQuery.split("?", 1)[0] ?? "/");
  headers.set("valet-use-id", use.row.id);
  const bodyless = call.method === "HEAD" || NO_BODY_STATUS.has(upstream.statusCode);
  if (bodyless) upstream.body.resume();
  if (bodyless) return new StreamAnswer(null, upstream.statusCode, headers);
  const body = answerBody(authority.connector, upstream.statusCode, headers, upstream.body, gatewayBase);
  return new StreamAnswer(body, upstream.statusCode, headers);
}

/** An answer that breaks off after its beginning went to the caller breaks off for them too; the row says why. */
function noteBreakOff(core: Core, use: Use, { connector }: Authority, { body }: UpstreamAnswer): void {
  body.once("error", (error: unknown) => {
    if (CALLER_LEFT.has(causeOf(error))) return;
    const { reason, sentence: reasonText } = whyBroken(connector.name, error);
    const outcome = { reason: reason === "upstream_stalled" ? reason : "answer_broken_off", reasonText };
    use.settle(outcome).catch(() => core.log.error("use.unsettled", { useId: use.row.id, reason: outcome.reason }));
  });
}
