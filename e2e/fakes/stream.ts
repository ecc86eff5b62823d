import type { Exchange } from "./http";
import type { State } from "./state";

/**
 * `GET /api/stream`: server-sent events. One `ready` at once, then one for each change of an issue.
 * `?events=n` ends the stream after n events, `ready` included.
 */
export function streamEvents(state: State, exchange: Exchange): void {
  const { response, call } = exchange;
  const max = Number(exchange.query.get("events") ?? Number.POSITIVE_INFINITY);
  let sent = 0;
  const send = (event: string, data: unknown) => {
    sent += 1;
    response.write(`id: ${sent}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    if (sent >= max) response.end();
  };
  call.status = 200;
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  if (exchange.method === "HEAD") return void response.end();
  response.on("close", () => state.listeners.delete(send));
  state.listeners.add(send);
  send("ready", { issues: state.data.issues.length });
}
