import { type IncomingHttpHeaders, type IncomingMessage, request as overHttp, type ServerResponse } from "node:http";
import { request as overHttps } from "node:https";
import { pipeline } from "node:stream/promises";
import type { Lease } from "../../client/src/index.ts";
import { ValetUnreachable } from "../../client/src/index.ts";
import type { LoopbackOptions, Spent } from "./loopback.ts";
import { replacing } from "./replace.ts";

/** RFC 9110 section 7.6.1, and what is ours to say. */
const NOT_SENT_ON = new Set([
  ...["connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade"],
  ...["host", "authorization", "expect"],
]);
const REPLAYABLE = new Set(["GET", "HEAD"]);

/** Sends one call of the run to the place its token is for, with a token that is fresh, and its answer back. */
export async function forward(
  options: LoopbackOptions,
  spent: Spent,
  before: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { valet } = options;
  const lease = await valet.lease(spent.connector, spent.options);
  const answer = await call(options, lease, before, request);
  if (answer.statusCode !== 401 || !REPLAYABLE.has(request.method ?? "")) {
    if (answer.statusCode === 401) valet.forget(lease);
    return pass(lease, `http://${request.headers.host}${before}`, answer, response);
  }
  // Ended before its time: one new token, one more try.
  valet.forget(lease);
  answer.resume();
  const renewed = await valet.lease(spent.connector, spent.options);
  return pass(renewed, `http://${request.headers.host}${before}`, await call(options, renewed, before, request), response);
}

function call(options: LoopbackOptions, lease: Lease, before: string, request: IncomingMessage): Promise<IncomingMessage> {
  const base = new URL(lease.apiBase);
  const path = base.pathname.replace(/\/$/, "") + ((request.url ?? "").slice(before.length) || "/");
  const init = {
    method: request.method,
    path,
    host: base.hostname.replace(/^\[|\]$/g, ""),
    port: base.port,
    headers: headersFor(options, lease, request.headers),
  };
  return new Promise((resolve, reject) => {
    const failed = (cause: Error) =>
      reject(new ValetUnreachable(`${base.host} could not be reached. Nothing may be assumed of the call.`, { cause }));
    const sent = (base.protocol === "https:" ? overHttps : overHttp)(init, resolve).once("error", failed);
    if (request.readableEnded) sent.end();
    else pipeline(request, sent).catch(failed);
  });
}

/** The run's own credential goes no further, whichever header it came in. */
function headersFor({ placeholder, runId }: LoopbackOptions, lease: Lease, given: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = (given.connection ?? "")
    .toLowerCase()
    .split(",")
    .map((name) => name.trim());
  const kept = Object.entries(given).filter(
    ([name, value]) => !NOT_SENT_ON.has(name) && !named.includes(name) && !String(value).includes(placeholder),
  );
  const headers: IncomingHttpHeaders = { ...Object.fromEntries(kept), authorization: `Bearer ${lease.accessToken}` };
  if (lease.direct) return headers;
  // Only Valet is told of the run; and its links have to be read on the way back.
  if (runId) headers.baggage = [given.baggage, `valet.run_id=${encodeURIComponent(runId)}`].filter(Boolean).join(",");
  return { ...headers, "accept-encoding": "identity" };
}

/** Links to further pages lead through here again, where a token is fresh. A SaaS's own are left as they are. */
async function pass(lease: Lease, base: string, answer: IncomingMessage, response: ServerResponse): Promise<void> {
  const { connection: _hop, "transfer-encoding": _framing, "keep-alive": _alive, ...headers } = answer.headers;
  const from = lease.apiBase.replace(/\/$/, "");
  const rewritten = lease.direct
    ? headers
    : Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, inLinks(name, value, from, base)]));
  const isJson = /^application\/([\w.+-]+\+)?json\b/i.test(headers["content-type"] ?? "");
  const readable = !lease.direct && isJson && (headers["content-encoding"] ?? "identity") === "identity";
  if (readable) delete rewritten["content-length"];
  response.writeHead(answer.statusCode ?? 502, rewritten);
  await (readable ? pipeline(answer, replacing(from, base), response) : pipeline(answer, response));
}

function inLinks(name: string, value: string | string[] | undefined, from: string, to: string): string | string[] | undefined {
  return typeof value === "string" && (name === "link" || name === "location") ? value.replaceAll(from, to) : value;
}
