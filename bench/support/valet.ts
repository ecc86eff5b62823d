import { createServer } from "node:http";
import { startCore } from "../../lib/core";
import { answerOverHttp } from "../../lib/wire/overHttp";
import { reportTo } from "./processes";

/** Valet's web process without its pages: the same core, the same wire, the same kind of server. */
const { core, stop } = await startCore(process.env);
const server = createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 0 }, (request, response) => {
  void answerOverHttp(core, request, response, request.url ?? "/").catch(() => response.destroy());
});
server.keepAliveTimeout = 0;
server.listen(core.settings.port, "127.0.0.1", () => reportTo(`http://127.0.0.1:${core.settings.port}`, stop));
