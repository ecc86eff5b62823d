import type { Dispatcher } from "undici";
import type { Outcome } from "../breaker";
import type { SaasDoor } from "../breakers";
import { apiUrl } from "../connectors/apiUrl";
import type { Connector } from "../connectors/connector";
import type { Core } from "../ctx";
import { isRefusal, Refusal } from "../errors";
import { badCertificateInWords, isBadCertificate } from "../net/certificates";
import type { BodyStream, HeaderFields, Leaving } from "../net/message";
import { asNode } from "../net/nodeStreams";
import { methodOf, traced } from "../tracing";
import { upstreamHeaders, withoutToken } from "./headers";

export interface UpstreamCall {
  readonly method: string;
  /** Below the connector's API base, with the query. */
  readonly pathAndQuery: string;
  readonly headers: HeaderFields;
  readonly body: BodyStream | string | null;
  readonly signal: Leaving;
}

export type UpstreamAnswer = Dispatcher.ResponseData;

/** Sends one call to the SaaS with the account's token. Bodies stream; redirects are answers, not followed. */
export async function sendUpstream(
  core: Core,
  connector: Connector,
  call: UpstreamCall,
  accessToken: string,
  connectionId: string,
): Promise<UpstreamAnswer> {
  const url = apiUrl(connector, call.pathAndQuery);
  const told = { "server.address": url.hostname, "http.request.method": methodOf(call.method) };
  return traced(core, "upstream", told, async (span) => {
    const traceparent = core.tracing.upstream ? span?.traceparent : undefined;
    const answer = await send(core, { connector, url, call, accessToken, connectionId, traceparent });
    span?.set({ "http.response.status_code": answer.statusCode });
    return answer;
  });
}

interface Sending {
  readonly connector: Connector;
  readonly url: URL;
  readonly call: UpstreamCall;
  readonly accessToken: string;
  readonly connectionId: string;
  /** Told to the SaaS only where the operator said so. */
  readonly traceparent: string | undefined;
}

async function send(core: Core, { connector, url, call, accessToken, connectionId, traceparent }: Sending): Promise<UpstreamAnswer> {
  const headers = upstreamHeaders(call.headers, accessToken, connector);
  if (traceparent) headers.traceparent = traceparent;
  if (typeof call.body === "string") headers["content-length"] = String(Buffer.byteLength(call.body));
  const body = call.body instanceof ReadableStream ? asNode(call.body) : call.body;
  const options = {
    origin: url.origin,
    path: url.pathname + url.search,
    method: call.method as Dispatcher.HttpMethod,
    headers,
    body,
    signal: call.signal,
  };
  try {
    const ask = () => core.upstream.request(options);
    const answer = await core.breakers.through(doorOf(connector, call), ask, (came) => judgeOutage(came, connectionId));
    // An error of a stream that nobody hears ends the process. Whoever reads the body hears it as well.
    answer.body.on("error", () => undefined);
    return { ...answer, headers: withoutToken(answer.headers, accessToken) };
  } catch (error) {
    throw unreachable(connector.name, error);
  }
}

/** Refuses `upstream_failed` at once while the SaaS is down: before a call is counted, and before a token is looked for. */
export function requireSaasUp(core: Core, connector: Connector, call: Pick<UpstreamCall, "pathAndQuery">): void {
  core.breakers.requireOpen(doorOf(connector, call));
}

function doorOf(connector: Connector, { pathAndQuery }: Pick<UpstreamCall, "pathAndQuery">): SaasDoor {
  return { connector, host: apiUrl(connector, pathAndQuery).host, door: "calls" };
}

const NOT_REACHED = new Set(["UND_ERR_CONNECT_TIMEOUT", "ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);
const NOT_ITS_FAULT = new Set(["ForbiddenDestination", "UND_ERR_ABORTED", "AbortError", "ABORT_ERR", "Refusal"]);

/** An answer or a silence that one account's calls get may be about that account: it takes two to shut the SaaS for all. */
function judgeOutage(came: { readonly answer: UpstreamAnswer } | { readonly error: unknown }, connectionId: string): Outcome {
  if ("answer" in came) {
    const { statusCode } = came.answer;
    return statusCode === 502 || statusCode === 503 || statusCode === 504 ? { kind: "down", by: connectionId } : { kind: "alive" };
  }
  const cause = causeOf(came.error);
  if (NOT_ITS_FAULT.has(cause)) return { kind: "nothing" };
  return { kind: "down", by: NOT_REACHED.has(cause) || isBadCertificate(cause) ? null : connectionId };
}

/** Refuses an answer that broke off before it could be passed on: half of it must not pass for the whole. */
export function refuseBroken(connector: Connector, { body }: UpstreamAnswer): void {
  if (body.errored) throw unreachable(connector.name, body.errored);
}

/** Why an answer did not come, or not to its end: by the cause that undici and Node name. */
export function whyBroken(name: string, error: unknown): { readonly reason: string; readonly sentence: string } {
  const again = "It may have done what was asked: read before you repeat a write.";
  const cause = causeOf(error);
  if (isBadCertificate(cause)) return { reason: "upstream_certificate", sentence: badCertificateInWords(name, cause) };
  switch (cause) {
    case "UND_ERR_HEADERS_TIMEOUT":
      return { reason: "upstream_timed_out", sentence: `${name} did not answer in time. ${again}` };
    case "UND_ERR_BODY_TIMEOUT":
      return { reason: "upstream_stalled", sentence: `${name} stopped in the middle of its answer. ${again}` };
    case "UND_ERR_CONNECT_TIMEOUT":
    case "ECONNREFUSED":
    case "ENOTFOUND":
      return { reason: "upstream_unreachable", sentence: `${name} could not be reached. Nothing happened there.` };
    case "ForbiddenDestination":
      return { reason: "destination_forbidden", sentence: `${name}'s address is not one that Valet talks to. Nothing was sent.` };
    default: {
      const sentence = `${name} could not be reached. Nothing may have happened there, or it may: read before you repeat a write.`;
      return { reason: "upstream_unreachable", sentence };
    }
  }
}

/** A body that was broken off because of what it says is refused for that. */
function unreachable(name: string, error: unknown): Refusal {
  if (isRefusal(error)) return error;
  const { reason, sentence } = whyBroken(name, error);
  return new Refusal("upstream_failed", sentence, { reason, detail: causeOf(error) });
}

export function causeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return String(code ?? name ?? "unknown");
}
