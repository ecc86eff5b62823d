/**
 * Runs work for one key at a time, in the order it was asked for. Within this process; across processes the version
 * check on the token columns decides. A caller that fails does not stop the next.
 */
export async function inTurn<T>(flights: Map<string, Promise<unknown>>, key: string, work: () => Promise<T>): Promise<T> {
  const before = flights.get(key) ?? Promise.resolve();
  const mine = before.then(work, work);
  flights.set(key, mine);
  try {
    return await mine;
  } finally {
    if (flights.get(key) === mine) flights.delete(key);
  }
}
