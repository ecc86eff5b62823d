import type { RunningCore } from "../core";

/** Whoever stops a process waits so long at most: what still streams then is cut. */
export const DRAIN_MS = 10_000;

/** Finishes what is under way, takes nothing new, and is gone within the limit. */
export function stopOnSignals(running: Pick<RunningCore, "stop">, drain: () => Promise<unknown>, drainMs = DRAIN_MS): void {
  let isStopping = false;
  const stop = async () => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(1), drainMs).unref();
    await drain();
    await running.stop();
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  if (process.send) process.on("disconnect", stop);
}
