import { Agent, createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { reportTo } from "./processes";

/** What Node's own parts do at their plainest: one request in, the same request out, both bodies piped. Judges and writes nothing. */
const agent = new Agent({ keepAlive: true });
const { hostname, port } = new URL(process.env.UPSTREAM ?? "");
const server = createServer((incoming, outgoing) => {
  const { method, url: path, headers } = incoming;
  const onward = send({ hostname, port, method, path, headers, agent }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on("error", () => outgoing.destroy());
  incoming.pipe(onward);
});

server.keepAliveTimeout = 0;
server.listen(0, "127.0.0.1", () => reportTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
