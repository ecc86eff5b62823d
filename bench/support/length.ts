/** `BENCH_SHORT=1`: whether everything still runs, and nothing about how fast it is. */
export const SHORT = process.env.BENCH_SHORT === "1";

/** So many milliseconds, calls, agents or bytes; next to none in the short form. */
export function long(full: number, short: number): number {
  return SHORT ? short : full;
}
