/** Does for many at once what each asked for alone. Answers in the order of the items. */
export type Together<Item, Result> = (items: readonly Item[]) => Promise<readonly Result[]>;

export interface GatherLimits {
  /** How many may be under way at a time. */
  readonly flights: number;
  /** How many items go together at most. */
  readonly most: number;
}

interface Waiter<Item, Result> {
  readonly item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Whoever asks while others are under way goes together with all who wait with them: alone there is nothing to wait for, and a
 * crowd costs little more than one. What is done for an item always begins after it was asked for. A failure is everybody's who
 * was in it.
 */
export function gather<Item, Result>(together: Together<Item, Result>, { flights, most }: GatherLimits): (item: Item) => Promise<Result> {
  const waiting: Waiter<Item, Result>[] = [];
  let underWay = 0;

  async function fly(crew: readonly Waiter<Item, Result>[]): Promise<void> {
    underWay += 1;
    try {
      const results = await together(crew.map(({ item }) => item));
      for (const [index, waiter] of crew.entries()) waiter.resolve(results[index] as Result);
    } catch (error) {
      for (const waiter of crew) waiter.reject(error);
    } finally {
      underWay -= 1;
      next();
    }
  }

  function next(): void {
    while (waiting.length > 0 && underWay < flights) void fly(waiting.splice(0, most));
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      next();
    });
}
