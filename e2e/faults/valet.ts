import { startCore } from "../../lib/core";
import { openServer } from "../../lib/wire/openServer";
import { stopOnSignals } from "../../lib/wire/stopOnSignals";

/** Valet's web process without its pages, to be killed or stopped. */
const running = await startCore(process.env);
const { server, drain } = openServer(running.core, async (_, response) => void response.writeHead(404).end());
stopOnSignals(running, drain);
server.listen(running.core.settings.port, "127.0.0.1", () => process.send?.("ready"));
