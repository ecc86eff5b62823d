import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { reportTo } from "./processes";

const BLOCK = Buffer.alloc(64 * 1024, "x");
const EVENT_MS = 10;
const SMALL = Buffer.from(JSON.stringify(Array.from({ length: 4 }, (_, id) => ({ id, title: `Issue ${id}`, state: "open", by: "ada" }))));

/** The API behind the gateway, as fast as it can be: a small answer, a large one, a sink, and events. */
const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://here");
  if (request.method === "POST") return void swallow(request, response);
  if (pathname.endsWith("/content")) return void pour(response, Number(searchParams.get("bytes")));
  if (pathname === "/api/stream") return void tell(response, Number(searchParams.get("events")));
  response.writeHead(200, { "content-type": "application/json", "content-length": String(SMALL.length) }).end(SMALL);
});

async function pour(response: ServerResponse, bytes: number): Promise<void> {
  response.writeHead(200, { "content-type": "application/octet-stream", "content-length": String(bytes) });
  for (let sent = 0; sent < bytes && !response.destroyed; sent += BLOCK.length)
    if (!response.write(BLOCK)) await new Promise((resolve) => response.once("drain", resolve));
  response.end();
}

async function swallow(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) bytes += chunk.length;
  response.writeHead(201, { "content-type": "application/json" }).end(JSON.stringify({ bytes }));
}

/** Each event says when it was sent, on the clock that all processes of a machine share. */
function tell(response: ServerResponse, events: number): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  let sent = 0;
  const timer = setInterval(() => {
    response.write(`data: ${process.hrtime.bigint()}\n\n`);
    sent += 1;
    if (sent < events) return;
    clearInterval(timer);
    response.end();
  }, EVENT_MS);
}

server.keepAliveTimeout = 0;
server.listen(0, "127.0.0.1", () => reportTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
