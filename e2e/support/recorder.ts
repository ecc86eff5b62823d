import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { findFreePort } from "../../lib/database/port";

/** One exchange that went through, as it was on the wire. */
export interface Exchange {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly requestHeaders: IncomingMessage["headers"];
  status: number | null;
  responseHeaders: IncomingMessage["headers"];
  /** What was answered, when it is text. */
  body: string;
}

export interface Recorder {
  /** Without a slash at the end. */
  readonly url: string;
  readonly exchanges: readonly Exchange[];
  /** Sets the server behind it, once that is known. */
  attach(port: number): void;
  close(): Promise<void>;
}

const TEXT = /^(text\/|application\/(json|problem\+json|javascript|xml))/;
const STATIC = /^\/_next\/static\//;

/** Stands before a server and takes down all that passes, unchanged but for compression. */
export async function startRecorder(hostname: "localhost" | "127.0.0.1"): Promise<Recorder> {
  const exchanges: Exchange[] = [];
  let behind = 0;
  const server = createServer((incoming, outgoing) => pass(behind, incoming, outgoing, exchanges));
  // It passes on what Valet says of keeping lines open, and must not hang up before that: a request may be on its way.
  server.keepAliveTimeout = 0;
  const port = await findFreePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://${hostname}:${port}`,
    exchanges,
    attach: (to) => {
      behind = to;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function pass(port: number, incoming: IncomingMessage, outgoing: ServerResponse, exchanges: Exchange[]): void {
  const exchange = open(incoming);
  exchanges.push(exchange);
  const options = {
    host: "127.0.0.1",
    port,
    method: exchange.method,
    path: exchange.target,
    headers: plain(incoming.rawHeaders),
    agent: false as const,
  };
  const onward = request(options, (answer) => {
    exchange.status = answer.statusCode ?? null;
    exchange.responseHeaders = answer.headers;
    if (TEXT.test(answer.headers["content-type"] ?? "") && !STATIC.test(exchange.target)) {
      answer.on("data", (chunk: Buffer) => {
        exchange.body += chunk.toString("utf8");
      });
    }
    outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    answer.pipe(outgoing);
    answer.on("error", () => outgoing.destroy());
  });
  onward.on("error", () => outgoing.destroy());
  outgoing.on("close", () => onward.destroy());
  incoming.pipe(onward);
}

function open(incoming: IncomingMessage): Exchange {
  const { method = "GET", url: target = "/", headers: requestHeaders } = incoming;
  return { method, target, requestHeaders, status: null, responseHeaders: {}, body: "" };
}

/** Compressed answers could not be searched. */
function plain(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter((_, index) => rawHeaders[index - (index % 2)]?.toLowerCase() !== "accept-encoding");
}
