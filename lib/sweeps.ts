import type { Clock, Core, Log } from "./ctx";

/** One regular work of a process: how a person would call it, and what does it. It ends soon once the signal says that the process stops. */
export type Sweep = readonly [name: string, work: (core: Core, stopping: AbortSignal) => Promise<unknown>];

/** How the last turn of one regular work ended. */
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
  /** What is being done, since when. */
  underWay(): { readonly name: string; readonly since: Date } | null;
}

export function createSweeps(clock: Clock, log: Log): Sweeps {
  const results = new Map<string, SweepResult>();
  let underWay: ReturnType<Sweeps["underWay"]> = null;
  return {
    async run(name, work) {
      underWay = { name, since: clock.now() };
      const failure = await work().then(
        () => null,
        (error: unknown) => (error instanceof Error ? error.name : "unknown"),
      );
      underWay = null;
      if (failure) log.warn("sweep.failed", { sweep: name, name: failure });
      results.set(name, { name, at: clock.now(), failure });
    },
    results: () => [...results.values()],
    underWay: () => underWay,
  };
}

export interface Regular {
  /** Begins nothing more, and ends when what is under way has ended. */
  stop(): Promise<void>;
}

const EACH_MS = 60_000;

/** Does all of it now and every minute, one after another; a turn that takes longer than a minute is not joined by the next. */
export function sweepRegularly(core: Core, sweeps: readonly Sweep[]): Regular {
  const stopping = new AbortController();
  const turn = async () => {
    for (const [name, work] of sweeps) if (!stopping.signal.aborted) await core.sweeps.run(name, () => work(core, stopping.signal));
  };
  let underWay: Promise<void> | null = null;
  const begin = () => {
    underWay ??= turn().finally(() => {
      underWay = null;
    });
  };
  begin();
  const each = setInterval(begin, EACH_MS).unref();
  return {
    async stop() {
      clearInterval(each);
      stopping.abort();
      await underWay;
    },
  };
}
