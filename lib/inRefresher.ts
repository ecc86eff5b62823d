import type { z } from "zod";
import type { Core } from "./ctx";
import type { SweepResult, Sweeps } from "./sweeps";

/** What the refresher says of itself. */
export interface RefresherSelf {
  readonly startedAt: Date;
  /** How often it had to be started again since Valet was started. */
  readonly startedAgain: number;
  readonly refreshesUnderWay: number;
  readonly sweeps: readonly SweepResult[];
  readonly sweepUnderWay: ReturnType<Sweeps["underWay"]>;
}

/** The last time that it answered, whatever was asked, and what it last said of itself. */
export interface LastAnswer {
  readonly at: Date;
  readonly self: RefresherSelf;
}

/** The process beside this one that alone opens what lasts. */
export interface Refresher {
  /**
   * Has it do one of its verbs, on the same authority.
   *
   * @throws Refusal as the verb does; `unavailable` (`refresher_away`) when it is not there, or dies before it has answered.
   */
  ask(ctx: Core, verb: string, input: unknown): Promise<unknown>;
  /** Refuses `unavailable` unless it answers now. */
  alive(): Promise<RefresherSelf>;
  /** Null before it has said anything. */
  lastAnswer(): LastAnswer | null;
  /** Ends once it has answered for the first time, however long that takes. */
  started(onProgress: (sentence: string) => void): Promise<void>;
  close(): Promise<void>;
}

/** A verb that is done where the keys are: by this process where it holds them, else by the refresher. */
export interface RefresherVerb<C extends Core = Core, I = unknown, R = unknown> {
  (ctx: C, input: I): Promise<R>;
  readonly verb: string;
  /** What another process may ask for. */
  readonly input: z.ZodType;
  readonly here: (ctx: C, input: I) => Promise<R>;
}

/**
 * Says of a verb that it needs what only the refresher opens. Whoever calls it notices nothing but a refusal more.
 *
 * @param verb its name between the processes.
 * @param input what a process may ask for; dates and plain values only.
 */
export function inRefresher<C extends Core, I, R>(
  verb: string,
  input: z.ZodType<unknown, I>,
  here: (ctx: C, input: I) => Promise<R>,
): RefresherVerb<C, I, R> {
  const call = (ctx: C, given: I) => (ctx.refresher ? (ctx.refresher.ask(ctx, verb, given) as Promise<R>) : here(ctx, given));
  return Object.assign(call, { verb, input, here });
}

/** How many accounts are being renewed by this process. */
export function refreshesIn(flights: ReadonlyMap<string, unknown>): number {
  return [...flights.keys()].filter((key) => key.startsWith("refresh:")).length;
}
