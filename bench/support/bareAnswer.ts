import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { reportTo } from "./processes";

/** What node:http does at its plainest: reads a form, answers as many bytes of JSON as an exchange has. Proves, judges and writes nothing. */
const answer = Buffer.from(process.env.ANSWER ?? "{}");
const headers = { "content-type": "application/json", "content-length": answer.length, "cache-control": "no-store" };
const server = createServer((request, response) => {
  request.resume();
  request.once("end", () => response.writeHead(200, headers).end(answer));
});

server.keepAliveTimeout = 0;
server.listen(0, "127.0.0.1", () => reportTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
