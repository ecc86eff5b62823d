import { describe, expect, it } from "vitest";
import { gather } from "./gather";

/** Work that ends when the test says so. */
function byHand() {
  const crews: { items: readonly number[]; end(): void; fail(error: Error): void }[] = [];
  const together = (items: readonly number[]) =>
    new Promise<readonly string[]>((resolve, reject) => {
      crews.push({ items, end: () => resolve(items.map((item) => `done ${item}`)), fail: reject });
    });
  return { crews, together };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("what is asked for at the same time", () => {
  it("goes at once when nobody is under way", () => {
    const { crews, together } = byHand();
    void gather(together, { flights: 1, most: 10 })(1);
    expect(crews.map(({ items }) => items)).toEqual([[1]]);
  });

  it("waits for those under way, and then goes together, each with its own answer", async () => {
    const { crews, together } = byHand();
    const ask = gather(together, { flights: 1, most: 10 });
    const answers = [1, 2, 3].map((item) => ask(item));
    expect(crews).toHaveLength(1);
    crews[0]?.end();
    await settled();
    expect(crews.map(({ items }) => items)).toEqual([[1], [2, 3]]);
    crews[1]?.end();
    expect(await Promise.all(answers)).toEqual(["done 1", "done 2", "done 3"]);
  });

  it("never joins what has begun before it was asked for", async () => {
    const { crews, together } = byHand();
    const ask = gather(together, { flights: 1, most: 10 });
    const first = ask(1);
    const second = ask(1);
    crews[0]?.end();
    expect(await first).toBe("done 1");
    expect(crews.map(({ items }) => items)).toEqual([[1], [1]]);
    crews[1]?.end();
    expect(await second).toBe("done 1");
  });

  it("keeps to its limits of flights and of each one's size", async () => {
    const { crews, together } = byHand();
    const ask = gather(together, { flights: 2, most: 2 });
    const answers = [1, 2, 3, 4, 5].map((item) => ask(item));
    expect(crews.map(({ items }) => items)).toEqual([[1], [2]]);
    crews[1]?.end();
    await settled();
    expect(crews.map(({ items }) => items)).toEqual([[1], [2], [3, 4]]);
    for (const index of [0, 2]) crews[index]?.end();
    await settled();
    crews[3]?.end();
    expect(await Promise.all(answers)).toHaveLength(5);
  });

  it("fails everybody who was in it, and nobody else", async () => {
    const { crews, together } = byHand();
    const ask = gather(together, { flights: 1, most: 10 });
    const outcomes = Promise.allSettled([1, 2, 3, 4].map((item) => ask(item)));
    crews[0]?.end();
    await settled();
    crews[1]?.fail(new Error("gone"));
    const next = ask(5);
    await settled();
    crews[2]?.end();
    expect((await outcomes).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "rejected"]);
    expect(await next).toBe("done 5");
  });
});
