import { startCore } from "./lib/core";
import { type Answering, answerWebProcess } from "./lib/refresher/answer";
import { SettingsError } from "./lib/settings";

const DRAIN_MS = 15_000;

/** The process that alone opens what lasts, and asks token endpoints. The starter runs it beside the web process. */
async function main(): Promise<void> {
  const say = (sentence: string) => process.stderr.write(`${sentence}\n`);
  const running = await startCore(process.env, say);
  const { refresher } = running.core.settings;
  if (!refresher) throw new SettingsError("The refresher is started beside the web process: start Valet with npm start.");
  const answering = await answerWebProcess(running.core, refresher);
  process.send?.({ refresher: "ready" });
  stopWithStarter(answering, running.stop);
}

/** Signals reach every process at once; the web process still needs this one while it ends. The starter lets go of it last. */
function stopWithStarter(answering: Answering, stop: () => Promise<void>): void {
  const end = async () => {
    setTimeout(() => process.exit(1), DRAIN_MS).unref();
    await answering.close();
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
