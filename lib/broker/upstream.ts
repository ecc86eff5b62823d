import type { Dispatcher } from "undici";
import { apiUrl } from "../connectors/apiUrl";
import type { Connector } from "../connectors/connector";
import type { Core } from "../ctx";
import { isRefusal, Refusal } from "../errors";
import { asNode } from "../net/nodeStreams";
import { methodOf, traced } from "../tracing";
import { upstreamHeaders, withoutToken } from "./headers";

export interface UpstreamCall {
  readonly method: string;
  /** Below the connector's API base, with the query. */
  readonly pathAndQuery: string;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | string | null;
  readonly signal: AbortSignal;
}

export type UpstreamAnswer = Dispatcher.ResponseData;

/** Sends one call to the SaaS with the account's token. Bodies stream; redirects are answers, not followed. */
export function sendUpstream(core: Core, connector: Connector, call: UpstreamCall, accessToken: string): Promise<UpstreamAnswer> {
  const url = apiUrl(connector, call.pathAndQuery);
  const told = { "server.address": url.hostname, "http.request.method": methodOf(call.method) };
  return traced(core, "upstream", told, async (span) => {
    const answer = await send(core, connector, url, call, accessToken, core.tracing.upstream ? span?.traceparent : undefined);
    span?.set({ "http.response.status_code": answer.statusCode });
    return answer;
  });
}

/** @param traceparent told to the SaaS only where the operator said so. */
async function send(
  core: Core,
  connector: Connector,
  url: URL,
  call: UpstreamCall,
  accessToken: string,
  traceparent: string | undefined,
): Promise<UpstreamAnswer> {
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
    const answer = await core.upstream.request(options);
    // An error of a stream that nobody hears ends the process. Whoever reads the body hears it as well.
    answer.body.on("error", () => undefined);
    return { ...answer, headers: withoutToken(answer.headers, accessToken) };
  } catch (error) {
    throw unreachable(connector.name, error);
  }
}

/** Refuses an answer that broke off before it could be passed on: half of it must not pass for the whole. */
export function refuseBroken(connector: Connector, { body }: UpstreamAnswer): void {
  if (body.errored) throw unreachable(connector.name, body.errored);
}

/** Why an answer did not come, or not to its end: by the cause that undici and Node name. */
export function whyBroken(name: string, error: unknown): { readonly reason: string; readonly sentence: string } {
  const again = "It may have done what was asked: read before you repeat a write.";
  switch (causeOf(error)) {
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
