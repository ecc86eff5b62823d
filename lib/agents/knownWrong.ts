import type { Core } from "../ctx";

/** So long a secret that nobody has is remembered: whoever sends it again and again costs no look into the database. */
export const KNOWN_WRONG_SECONDS = 30;
export const KNOWN_WRONG_MAX = 10_000;

/** Per process: `flights` is what every copy of one core shares. */
const remembered = new WeakMap<Core["flights"], Map<string, number>>();

/**
 * Secrets that were looked for lately and are nobody's, by digest. A right one is never among them: ours are random, so none is made later
 * that was tried before, and nobody can put another's in.
 */
export function isKnownWrong(core: Pick<Core, "flights" | "clock">, hash: string): boolean {
  const until = remembered.get(core.flights)?.get(hash);
  return until !== undefined && core.clock.now().getTime() < until;
}

/** Remembers one that the database does not have. The oldest makes room. */
export function noteWrong(core: Pick<Core, "flights" | "clock">, hash: string): void {
  const hashes = remembered.get(core.flights) ?? new Map<string, number>();
  remembered.set(core.flights, hashes);
  hashes.delete(hash);
  hashes.set(hash, core.clock.now().getTime() + KNOWN_WRONG_SECONDS * 1000);
  const [oldest] = hashes.keys();
  if (hashes.size > KNOWN_WRONG_MAX && oldest !== undefined) hashes.delete(oldest);
}
