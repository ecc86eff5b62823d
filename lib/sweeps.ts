import type { Clock, Log } from "./ctx";

/** How the last turn of one regular work of this process ended. */
export interface SweepResult {
  readonly name: string;
  readonly at: Date;
  /** Null when it did what it does. */
  readonly failure: string | null;
}

/** What the process does regularly, and how it went. */
export interface Sweeps {
  /** Does it, and keeps how it ended. One that fails is logged, and the next turn tries again. */
  run(name: string, work: () => Promise<unknown>): Promise<void>;
  results(): readonly SweepResult[];
}

export function createSweeps(clock: Clock, log: Log): Sweeps {
  const results = new Map<string, SweepResult>();
  return {
    async run(name, work) {
      const failure = await work().then(
        () => null,
        (error: unknown) => (error instanceof Error ? error.name : "unknown"),
      );
      if (failure) log.warn("sweep.failed", { sweep: name, name: failure });
      results.set(name, { name, at: clock.now(), failure });
    },
    results: () => [...results.values()],
  };
}
