import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Core } from "../ctx";
import { writingSide } from "../db";
import type { Refusal } from "../errors";
import { newRequestId } from "../ids";
import { bareAnswer, type EdgeStatus, isFromOwnPage, transportHeaders } from "./edge";
import { oauthError } from "./oauthError";
import { addressOf, answerOverHttp } from "./overHttp";
import { problem } from "./problem";
import { isBrokerPath } from "./router";
import { countUnderWay, stopping, tooMuchUnderWay, type UnderWayLimits } from "./underWay";
import { isTooLargeForPage, METHODS, whyNotRead } from "./wholeRequest";
import { BODY_MS_MAX, CONNECTIONS_MAX, HEADER_BYTES_MAX, HEADERS_MS_MAX, IDLE_MS_MAX, KEPT_MS, LOOK_MS } from "./wireLimits";

/** Next's own inner headers: a client that sends them is not Next. */
const INNER_HEADER = /^(x-middleware-|x-invoke-|x-matched-path$|x-nextjs-data$|x-valet-|next-router-state-tree$|x-now-)/;

export type ShowPage = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface ServingLimits {
  readonly headersMs: number;
  readonly bodyMs: number;
  readonly lookMs: number;
  readonly underWay?: UnderWayLimits;
}

export interface Serving {
  readonly server: Server;
  /** Takes nothing new, and answers when all that is under way has ended. */
  drain(): Promise<void>;
}

const LIMITS: ServingLimits = { headersMs: HEADERS_MS_MAX, bodyMs: BODY_MS_MAX, lookMs: LOOK_MS };

/** The one server of a web process, not listening yet. Broker paths are answered here; everything else is `showPage`'s. */
export function openServer(core: Core, showPage: ShowPage, limits: Partial<ServingLimits> = {}): Serving {
  const { headersMs, bodyMs, lookMs, underWay } = { ...LIMITS, ...limits };
  const places = countUnderWay(() => writingSide(core.db).pool.waitingCount, underWay);
  const secureTransport = transportHeaders(core.settings.publicUrl);
  let draining = false;

  const server = createServer(
    {
      maxHeaderSize: HEADER_BYTES_MAX,
      // One limit for all bodies would be the gateway's too: `endLate` holds the others to theirs.
      requestTimeout: 0,
      headersTimeout: headersMs,
      keepAliveTimeout: KEPT_MS,
      connectionsCheckingInterval: lookMs,
    },
    (request, response) => {
      for (const [name, value] of Object.entries(secureTransport)) response.setHeader(name, value);
      receive(request, response).catch((error: unknown) => giveUp(core, response, error));
    },
  );
  // All are counted in `whyNotRead`: Node would leave out those beyond its own number without a word.
  server.maxHeadersCount = 0;
  server.maxConnections = CONNECTIONS_MAX;
  server.timeout = IDLE_MS_MAX;

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const why = whyNotRead(request);
    if (why) return refuse(core, response, why);
    const target = request.url ?? "/";
    const path = target.split("?", 1)[0] ?? "/";
    if (!path.startsWith("/proxy/")) endLate(core, request, response, bodyMs);
    if (isBrokerPath(path)) return answerBroker(request, response, target, path);
    if (draining) return turnAway(core, response, path, stopping());
    const foreign = whyNotPage(core, request);
    if (foreign) return refuse(core, response, foreign);
    takeOffInner(request);
    request.headers["x-valet-address"] = addressOf(core, request);
    await showPage(request, response);
  }

  async function answerBroker(request: IncomingMessage, response: ServerResponse, target: string, path: string): Promise<void> {
    // Whoever sends requests here must learn it first; whoever restarts us asks whether we live.
    if (draining && path !== "/healthz" && path !== "/metrics") return turnAway(core, response, path, stopping());
    const leave = places.enter(path);
    if (!leave) return turnAway(core, response, path, tooMuchUnderWay());
    response.once("close", leave);
    await answerOverHttp(core, request, response, target);
  }

  return {
    server,
    drain: () =>
      new Promise((resolve) => {
        draining = true;
        server.close(() => resolve());
        const look = setInterval(() => server.closeIdleConnections(), DRAIN_LOOK_MS);
        server.once("close", () => clearInterval(look));
        server.closeIdleConnections();
      }),
  };
}

/** A connection whose last answer has just ended is idle a moment later. */
const DRAIN_LOOK_MS = 50;

/** A body that does not come to its end in time: the connection ends with it. */
function endLate(core: Core, request: IncomingMessage, response: ServerResponse, bodyMs: number): void {
  const late = setTimeout(() => {
    if (request.complete) return;
    if (response.headersSent) return void request.destroy();
    response.once("finish", () => request.destroy());
    refuse(core, response, 408);
  }, bodyMs).unref();
  request.once("close", () => clearTimeout(late));
}

/** In the form of the endpoint that was asked for, without reading what came. */
function turnAway(core: Core, response: ServerResponse, path: string, refusal: Refusal): void {
  const answer = path.startsWith("/oauth/") ? oauthError(core, refusal, null) : problem(core, refusal, newRequestId());
  core.metrics.request("turned_away", answer.status, 0);
  response.writeHead(answer.status, { ...Object.fromEntries(answer.headers), connection: "close" }).end(answer.whole);
}

function whyNotPage(core: Core, request: IncomingMessage): EdgeStatus | null {
  if (!isFromOwnPage(core.settings.publicUrl, request.method ?? "", request.headers.origin)) return 403;
  return isTooLargeForPage(request) ? 413 : null;
}

function takeOffInner(request: IncomingMessage): void {
  for (const name of Object.keys(request.headers)) if (INNER_HEADER.test(name) && !isNextsOwn(name, request)) delete request.headers[name];
}

/** A client-side navigation carries the router's state; it is kept only when it is the JSON that Next itself would send. */
function isNextsOwn(name: string, request: IncomingMessage): boolean {
  if (name !== "next-router-state-tree") return false;
  try {
    return Array.isArray(JSON.parse(decodeURIComponent(String(request.headers[name]))));
  } catch {
    return false;
  }
}

function refuse(core: Core, response: ServerResponse, status: EdgeStatus, requestId = newRequestId()): void {
  const { headers, body } = bareAnswer(status, core.settings.publicUrl, requestId);
  response.writeHead(status, { ...headers, ...(status === 405 ? { allow: [...METHODS].join(", ") } : {}) }).end(body);
}

function giveUp(core: Core, response: ServerResponse, error: unknown): void {
  const requestId = newRequestId();
  core.log.error("server", {
    requestId,
    name: error instanceof Error ? error.name : "unknown",
    stack: error instanceof Error ? error.stack : undefined,
  });
  if (response.headersSent) response.destroy();
  else refuse(core, response, 500, requestId);
}
