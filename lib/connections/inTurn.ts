import type { Core } from "../ctx";

/**
 * Runs what spends or ends a connection's tokens at the SaaS one at a time, in the order it was asked for, over all processes: a refresh token
 * that is spent twice may end the account. A caller that fails does not stop the next.
 */
export async function inTurn<T>(core: Pick<Core, "flights" | "turns">, connectionId: string, work: () => Promise<T>): Promise<T> {
  const key = `refresh:${connectionId}`;
  const before = core.flights.get(key) ?? Promise.resolve();
  const held = () => core.turns.hold(key, work);
  const mine = before.then(held, held);
  core.flights.set(key, mine);
  try {
    return await mine;
  } finally {
    if (core.flights.get(key) === mine) core.flights.delete(key);
  }
}
