import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import fc from "fast-check";
import { expect, it } from "vitest";
import { replacing } from "./replace.ts";

it("puts one text in the place of another, however the bytes are cut, and leaves every other byte", async () => {
  const piece = fc.oneof(fc.constant(Buffer.from("aab")), fc.constant(Buffer.from("a")), fc.uint8Array({ maxLength: 6 }).map(Buffer.from));
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 30 }), fc.array(fc.nat(9), { minLength: 1, maxLength: 20 }), async (pieces, cuts) => {
      const whole = Buffer.concat(pieces);
      const chunks: Buffer[] = [];
      for (let [at, turn] = [0, 0]; at < whole.length; turn++) {
        const length = (cuts[turn % cuts.length] ?? 0) + 1;
        chunks.push(whole.subarray(at, at + length));
        at += length;
      }
      const replaced = await buffer(Readable.from(chunks).pipe(replacing("aab", "aabc/a")));
      expect(replaced.toString("latin1")).toBe(whole.toString("latin1").replaceAll("aab", "aabc/a"));
    }),
  );
});
