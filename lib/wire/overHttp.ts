import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Core } from "../ctx";
import { newRequestId } from "../ids";
import { asNode, asWeb, isNodes } from "../net/nodeStreams";
import { answerRequest } from "./router";

/**
 * Answers one request to a broker path over `node:http`. The client's leaving aborts the work upstream; an answer that breaks
 * off at the SaaS breaks off here.
 *
 * @param target the request target as it came over the wire.
 */
export async function answerOverHttp(core: Core, request: IncomingMessage, response: ServerResponse, target: string): Promise<void> {
  const gone = new AbortController();
  // An answer that was given whole is no leaving: nothing is under way any more that could be stopped.
  const ends: (() => void)[] = [() => void (response.writableFinished || gone.abort())];
  response.on("close", () => ends.map((then) => then()));
  const atEnd = (then: () => void) => void ends.push(then);
  const wire = { requestId: newRequestId(), address: addressOf(core, request), atEnd };
  const answered = await answerRequest(core, asRequest(core, request, target, gone.signal), wire, target);
  // Told already that it was too slow: what it came to is nobody's.
  if (response.headersSent) return void answered.body?.cancel();
  response.writeHead(answered.status, [...answered.headers].flat());
  if (!answered.body) return void response.end();
  if (isWhole(answered)) return void response.end(await answered.text());
  await pipeline(asNode(answered.body), response).catch((error: unknown) => {
    if (!gone.signal.aborted)
      core.log.warn("answer.cut", { requestId: wire.requestId, name: error instanceof Error ? error.name : "unknown" });
  });
}

/** One JSON document of our own, which is there already: no stream has to carry it. The gateway's come from a stream of Node's. */
function isWhole({ body, headers }: Response): boolean {
  return body !== null && !isNodes(body) && /^application\/(problem\+)?json(;|$)/.test(headers.get("content-type") ?? "");
}

/** The request as the web platform's own. */
function asRequest(core: Core, request: IncomingMessage, target: string, signal: AbortSignal): Request {
  const method = request.method ?? "GET";
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  const hasBody =
    method !== "GET" &&
    method !== "HEAD" &&
    (request.headers["content-length"] !== undefined || request.headers["transfer-encoding"] !== undefined);
  const body = hasBody && request.headers["content-length"] !== "0" ? asWeb(request) : null;
  // Only a call upstream can be stopped in the middle, and a signal costs as much as all the rest of a request.
  const leaving = target.startsWith("/proxy/") ? { signal } : {};
  const init = { method, headers, body, ...leaving, duplex: "half" };
  return new Request(core.settings.publicUrl + target, init as RequestInit);
}

/** The caller's network address. What a proxy says is believed only where the operator says that there is one. */
export function addressOf(core: Pick<Core, "settings">, request: IncomingMessage): string {
  const forwarded = core.settings.behindProxy
    ? String(request.headers["x-forwarded-for"] ?? "")
        .split(",")
        .at(-1)
        ?.trim()
    : undefined;
  return forwarded || (request.socket.remoteAddress ?? "");
}
