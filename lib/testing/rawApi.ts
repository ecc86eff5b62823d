import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type RawHandler = (request: IncomingMessage, response: ServerResponse) => unknown;

/** An API that answers whatever a test says, also what no honest SaaS would. */
export interface RawApi {
  readonly url: string;
  /** Every request that arrived, oldest first. */
  readonly requests: IncomingMessage[];
  answer(handler: RawHandler): void;
  close(): Promise<void>;
}

export async function startRawApi(): Promise<RawApi> {
  const requests: IncomingMessage[] = [];
  let handler: RawHandler = (_, response) => response.end("{}");
  const server = createServer((request, response) => {
    requests.push(request);
    void handler(request, response);
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer(next) {
      handler = next;
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
