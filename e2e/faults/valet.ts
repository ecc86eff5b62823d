import { createServer } from "node:http";
import { startCore } from "../../lib/core";
import { answerOverHttp } from "../../lib/wire/overHttp";

/** Valet's web process without its pages, to be killed. */
const { core, stop } = await startCore(process.env);
const server = createServer((request, response) => {
  void answerOverHttp(core, request, response, request.url ?? "/").catch(() => response.destroy());
});
process.once("disconnect", () => void stop().finally(() => process.exit(0)));
server.listen(core.settings.port, "127.0.0.1", () => process.send?.("ready"));
