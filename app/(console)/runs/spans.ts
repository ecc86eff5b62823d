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

/** Where something lies within a run, in percent of its length from the left: never outside, and never too small to be seen. */
export function laneOf(run: { readonly startedAt: Date; readonly endedAt: Date }, from: Date, to: Date): { left: number; width: number } {
  const length = Math.max(1, run.endedAt.getTime() - run.startedAt.getTime());
  const percent = (at: Date) => Math.min(100, Math.max(0, ((at.getTime() - run.startedAt.getTime()) / length) * 100));
  const left = Math.min(percent(from), 98.5);
  return { left, width: Math.max(1.5, Math.min(percent(to), 100) - left) };
}
