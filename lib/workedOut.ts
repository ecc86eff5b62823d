/** One thing has so many results at most: some are asked for by words that a caller chose. */
const RESULTS_MAX = 100;
const known = new WeakMap<object, Map<string, unknown>>();

/**
 * What follows from a thing that nobody changes is worked out once, and forgotten with it. What throws is worked out again.
 *
 * @param name of the work and all else that it depends on.
 */
export function workedOut<T>(from: object, name: string, work: () => T): T {
  const results = known.get(from) ?? new Map<string, unknown>();
  if (results.has(name)) return results.get(name) as T;
  const result = work();
  if (results.size >= RESULTS_MAX) results.clear();
  known.set(from, results.set(name, result));
  return result;
}
