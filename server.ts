import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { dropOldActivity, makeMonths } from "./lib/activity/months";
import { rollUpActivity } from "./lib/activity/rollUp";
import { forgetTokens } from "./lib/broker/forgetTokens";
import { endSpentKeys } from "./lib/connections/disconnect";
import { forgetOutages } from "./lib/connections/outages";
import { shareCore, startCore } from "./lib/core";
import type { Core } from "./lib/ctx";
import { endSpentConsents } from "./lib/grants/sweep";
import { offerSetUp } from "./lib/people/invite";
import { REFRESHER_SWEEPS } from "./lib/refresher/sweeps";
import { SettingsError } from "./lib/settings";
import { sweepSigningKeys } from "./lib/signing/sweep";
import { type Sweep, sweepRegularly } from "./lib/sweeps";
import { openServer, type ShowPage } from "./lib/wire/openServer";
import { stopOnSignals } from "./lib/wire/stopOnSignals";

const ROLL_UP_MS = 5_000;
/** The first moment belongs to the agents that waited for Valet: the pages are heavy, and loading them leaves no time for anything else. */
const AGENTS_FIRST_MS = 250;

/** The heap is swept when it is twice what was last in use, not four times: what exchanges leave behind stays under 100 MiB, however many there are. */
const HEAP_GROWTH = "--heap-growing-percent=100";

/**
 * The web process: one node:http server. Broker paths are answered here, as soon as the core is there; everything else is Next's, which is
 * loaded behind them.
 */
async function main(): Promise<void> {
  // Whoever read the output may go: without this the complaint about it is written to it, for ever.
  for (const output of [process.stdout, process.stderr]) output.on("error", () => undefined);
  // The standard output is the log alone, a line of JSON for each event: what Next has to say goes where sentences go.
  Object.assign(console, { log: console.error, info: console.error, debug: console.error });
  setFlagsFromString(HEAP_GROWTH);
  const say = (sentence: string) => process.stderr.write(`${sentence}\n`);
  const running = await startCore(process.env, say);
  const { core } = running;
  shareCore(core);
  const pages = onceAsked(() => loadPages(core));
  const { server, drain } = openServer(core, async (request, response) => (await pages())(request, response));
  server.listen(core.settings.port, core.settings.host);
  stopOnSignals(running, drain);
  await once(server, "listening");
  await wait(AGENTS_FIRST_MS);
  await Promise.all([pages(), core.refresher?.started(say)]);
  sweepRegularly(core, core.refresher ? SWEEPS : [...SWEEPS, ...REFRESHER_SWEEPS]);
  rollUpRegularly(core);
  await greet(core, say);
}

async function loadPages({ settings }: Core): Promise<ShowPage> {
  process.env.NEXTAUTH_URL = settings.publicUrl;
  const { default: next } = await import("next");
  const pages = next({ dev: !settings.production, hostname: settings.host, port: settings.port });
  await pages.prepare();
  return pages.getRequestHandler();
}

/** The same to everybody who asks, begun when the first does. */
function onceAsked<T>(begin: () => Promise<T>): () => Promise<T> {
  let begun: Promise<T> | null = null;
  return () => (begun ??= begin());
}

/** Of charts nothing depends on it but how fast they are. */
function rollUpRegularly(core: Core): void {
  const rollUp = () =>
    rollUpActivity(core)
      .catch((error: unknown) => core.log.warn("rollup.failed", { name: error instanceof Error ? error.name : "unknown" }))
      .finally(() => setTimeout(rollUp, ROLL_UP_MS).unref());
  void rollUp();
}

/** Ends what outlived its grant or its own time, forgets what is over and rotates the signing keys. */
const SWEEPS: readonly Sweep[] = [
  ["end consents of grants that are over", endSpentConsents],
  ["end shared keys that are over", endSpentKeys],
  ["forget proofs that were shown", ({ once, clock }) => once.sweep(clock.now())],
  ["forget tokens that have ended", forgetTokens],
  ["forget outages that are over", forgetOutages],
  ["make and retire signing keys", sweepSigningKeys],
  ["make the months of activity that are ahead", makeMonths],
  ["drop activity that is kept no longer", dropOldActivity],
];

async function greet(core: Core, say: (sentence: string) => void): Promise<void> {
  const { publicUrl, demo } = core.settings;
  say(`Valet is at ${publicUrl}`);
  const setUp = demo ? null : await offerSetUp(core);
  if (setUp) say(`Nobody is an admin yet. Open this link once to become the first: ${publicUrl}${setUp}`);
  process.send?.({ ready: true, url: publicUrl });
}

main().catch((error: unknown) => {
  const known = error instanceof SettingsError || (error instanceof Error && error.name === "Refusal");
  process.stderr.write(`${known ? (error as Error).message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(known ? 78 : 1);
});
