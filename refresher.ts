import { startCore } from "./lib/core";
import { type Answering, answerWebProcess } from "./lib/refresher/answer";
import { REFRESHER_SWEEPS } from "./lib/refresher/sweeps";
import { SettingsError } from "./lib/settings";
import { type Regular, sweepRegularly } from "./lib/sweeps";

const DRAIN_MS = 15_000;

/** The process that alone opens what lasts, asks token endpoints, and renews access before it ends. The starter runs it beside the web process. */
async function main(): Promise<void> {
  const say = (sentence: string) => process.stderr.write(`${sentence}\n`);
  const running = await startCore(process.env, say);
  const { refresher } = running.core.settings;
  if (!refresher) throw new SettingsError("The refresher is started beside the web process: start Valet with npm start.");
  const answering = await answerWebProcess(running.core, refresher);
  const regular = sweepRegularly(running.core, REFRESHER_SWEEPS);
  process.send?.({ refresher: "ready" });
  stopWithStarter(answering, regular, running.stop);
}

/** Signals reach every process at once; the web process still needs this one while it ends. The starter lets go of it last. */
function stopWithStarter(answering: Answering, regular: Regular, stop: () => Promise<void>): void {
  const end = async () => {
    setTimeout(() => process.exit(1), DRAIN_MS).unref();
    await Promise.all([answering.close(), regular.stop()]);
    await stop();
    process.exit(0);
  };
  if (!process.connected) return void end();
  process.once("disconnect", end);
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => undefined);
}

main().catch((error: unknown) => {
  const known = error instanceof SettingsError || (error instanceof Error && error.name === "Refusal");
  process.stderr.write(`${known ? (error as Error).message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(known ? 78 : 1);
});
