import { startCore } from "../../lib/core";
import { openServer } from "../../lib/wire/openServer";
import { reportTo } from "./processes";

/** Valet's web process without its pages: the same core, the same server. */
const { core, stop } = await startCore(process.env);
const { server } = openServer(core, async (_, response) => void response.writeHead(404).end());
server.keepAliveTimeout = 0;
server.listen(core.settings.port, "127.0.0.1", () => reportTo(`http://127.0.0.1:${core.settings.port}`, stop));
