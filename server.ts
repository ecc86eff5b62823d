import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import next from "next";
import { forgetTokens } from "./lib/broker/forgetTokens";
import { endSpentKeys } from "./lib/connections/disconnect";
import { type RunningCore, shareCore, startCore } from "./lib/core";
import type { Core } from "./lib/ctx";
import { endSpentConsents } from "./lib/grants/sweep";
import { offerSetUp } from "./lib/people/invite";
import { SettingsError } from "./lib/settings";
import { sweepSigningKeys } from "./lib/signing/sweep";
import { randomText } from "./lib/tokens/secret";
import { bareAnswer, type EdgeStatus, isFromOwnPage, transportHeaders } from "./lib/wire/edge";
import { addressOf, answerOverHttp } from "./lib/wire/overHttp";
import { isBrokerPath } from "./lib/wire/router";

const DRAIN_MS = 10_000;
const SWEEP_MS = 60_000;
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
/** Next's own inner headers: a client that sends them is not Next. */
const INNER_HEADER = /^(x-middleware-|x-invoke-|x-matched-path$|x-nextjs-data$|x-valet-|next-router-state-tree$|x-now-)/;

/** The web process: one node:http server. Broker paths are answered here; everything else is Next's. */
async function main(): Promise<void> {
  // Whoever read the output may go: without this the complaint about it is written to it, for ever.
  for (const output of [process.stdout, process.stderr]) output.on("error", () => undefined);
  // The standard output is the log alone, a line of JSON for each event: what Next has to say goes where sentences go.
  Object.assign(console, { log: console.error, info: console.error, debug: console.error });
  const say = (sentence: string) => process.stderr.write(`${sentence}\n`);
  const running = await startCore(process.env, say);
  const { core } = running;
  shareCore(core);
  process.env.NEXTAUTH_URL = core.settings.publicUrl;
  const pages = next({ dev: !core.settings.production, hostname: core.settings.host, port: core.settings.port });
  await pages.prepare();
  const showPage = pages.getRequestHandler();
  const secureTransport = transportHeaders(core.settings.publicUrl);
  const server = createServer(
    { maxHeaderSize: 16 * 1024, requestTimeout: 0, headersTimeout: 30_000, keepAliveTimeout: 65_000 },
    (request, response) => {
      for (const [name, value] of Object.entries(secureTransport)) response.setHeader(name, value);
      receive(core, request, response, showPage).catch((error: unknown) => giveUp(core, response, error));
    },
  );
  server.listen(core.settings.port, core.settings.host, () => void greet(core, say));
  sweepRegularly(core);
  stopOnSignals(running, () => new Promise((resolve) => server.close(() => resolve(undefined)) && server.closeIdleConnections()));
}

/**
 * Ends what outlived its grant or its own time, forgets what is over and rotates the signing keys, now and every minute. A sweep that
 * fails is logged, and the next one tries again.
 */
function sweepRegularly(core: Core): void {
  let sweeping = false;
  const sweep = async () => {
    if (sweeping) return;
    sweeping = true;
    const forgetShown = (of: Core) => of.once.sweep(of.clock.now());
    for (const one of [endSpentConsents, endSpentKeys, forgetShown, forgetTokens, sweepSigningKeys]) {
      await one(core).catch((error: unknown) => core.log.warn("sweep.failed", { name: error instanceof Error ? error.name : "unknown" }));
    }
    sweeping = false;
  };
  void sweep();
  setInterval(sweep, SWEEP_MS).unref();
}

type ShowPage = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

async function receive(core: Core, request: IncomingMessage, response: ServerResponse, showPage: ShowPage): Promise<void> {
  const target = request.url ?? "/";
  if (!METHODS.has(request.method ?? "") || !target.startsWith("/")) return refuse(core, response, 405);
  if (target.length > 8192) return refuse(core, response, 414);
  if (isBrokerPath(target.split("?", 1)[0] ?? "/")) return answerOverHttp(core, request, response, target);
  if (!isFromOwnPage(core.settings.publicUrl, request.method ?? "", request.headers.origin)) return refuse(core, response, 403);
  for (const name of Object.keys(request.headers)) if (INNER_HEADER.test(name) && !isNextsOwn(name, request)) delete request.headers[name];
  request.headers["x-valet-address"] = addressOf(core, request);
  await showPage(request, response);
}

/** A client-side navigation carries the router's state; it is kept only when it is the JSON that Next itself would send. */
function isNextsOwn(name: string, request: IncomingMessage): boolean {
  if (name !== "next-router-state-tree") return false;
  try {
    return Array.isArray(JSON.parse(decodeURIComponent(String(request.headers[name]))));
  } catch {
    return false;
  }
}

function refuse(core: Core, response: ServerResponse, status: EdgeStatus, requestId = newRequestId()): void {
  const { headers, body } = bareAnswer(status, core.settings.publicUrl, requestId);
  response.writeHead(status, { ...headers, ...(status === 405 ? { allow: [...METHODS].join(", ") } : {}) }).end(body);
}

function giveUp(core: Core, response: ServerResponse, error: unknown): void {
  const requestId = newRequestId();
  core.log.error("server", {
    requestId,
    name: error instanceof Error ? error.name : "unknown",
    stack: error instanceof Error ? error.stack : undefined,
  });
  if (response.headersSent) response.destroy();
  else refuse(core, response, 500, requestId);
}

function newRequestId(): string {
  return `req_${randomText().slice(0, 22)}`;
}

async function greet(core: Core, say: (sentence: string) => void): Promise<void> {
  const { publicUrl, demo } = core.settings;
  say(`Valet is at ${publicUrl}`);
  const setUp = demo ? null : await offerSetUp(core);
  if (setUp) say(`Nobody is an admin yet. Open this link once to become the first: ${publicUrl}${setUp}`);
  process.send?.({ ready: true, url: publicUrl });
}

/** Finishes what is under way, takes nothing new, and is gone within the limit. */
function stopOnSignals(running: RunningCore, closeServer: () => Promise<unknown>): void {
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), DRAIN_MS).unref();
    await closeServer();
    await running.stop();
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  if (process.send) process.on("disconnect", stop);
}

main().catch((error: unknown) => {
  const known = error instanceof SettingsError || (error instanceof Error && error.name === "Refusal");
  process.stderr.write(`${known ? (error as Error).message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(known ? 78 : 1);
});
