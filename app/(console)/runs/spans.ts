/** A span of time as short as it can be said: "40 ms", "2.5 s", "3 min 20 s", "2 h 5 min". */
export function spanWords(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${Math.round(milliseconds / 100) / 10} s`;
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 3600) return pair(Math.floor(seconds / 60), "min", seconds % 60, "s");
  return pair(Math.floor(seconds / 3600), "h", Math.floor((seconds % 3600) / 60), "min");
}

function pair(whole: number, unit: string, rest: number, smaller: string): string {
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${smaller}`;
}

interface Within {
  readonly startedAt: Date;
  readonly endedAt: Date;
}

/** Where something lies within a run, in percent of its length from the left: true to scale, and never outside. */
export function laneOf(run: Within, from: Date, to: Date): { left: number; width: number } {
  const percent = (at: Date) => Math.min(100, Math.max(0, ((at.getTime() - run.startedAt.getTime()) / lengthOf(run)) * 100));
  return { left: percent(from), width: Math.max(0, percent(to) - percent(from)) };
}

const SECOND = 1000;
const [MINUTE, HOUR, DAY] = [60 * SECOND, 3600 * SECOND, 86_400 * SECOND];
/** What a person counts time by. */
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((count) => count),
  ...[1, 2, 5, 10, 15, 30].flatMap((count) => [count * SECOND, count * MINUTE]),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 5, 10, 30, 100, 365].map((count) => count * DAY),
].sort((left, right) => left - right);
const TICKS_MAX = 4;

export interface Tick {
  /** From the left, in percent. */
  readonly at: number;
  readonly words: string;
}

/** The axis of a run: round times from its start, a few of them. `step` in percent of its length. */
export function axisOf(run: Within): { readonly step: number; readonly ticks: readonly Tick[] } {
  const length = lengthOf(run);
  const step = STEPS.find((one) => length / one <= TICKS_MAX) ?? length / TICKS_MAX;
  const ticks = Array.from({ length: Math.floor(length / step) + 1 }, (_, index) => ({
    at: ((index * step) / length) * 100,
    words: index === 0 ? "0" : spanWords(index * step),
  }));
  return { step: (step / length) * 100, ticks };
}

function lengthOf(run: Within): number {
  return Math.max(1, run.endedAt.getTime() - run.startedAt.getTime());
}
