import { Transform, type TransformCallback } from "node:stream";

/** Puts one ASCII text in the place of another in a stream of bytes, also where it is cut in two. */
export function replacing(from: string, to: string): Transform {
  let held = "";
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      // Latin-1 keeps every byte as it is.
      const text = held + chunk.toString("latin1");
      const end = text.lastIndexOf(from) < 0 ? 0 : text.lastIndexOf(from) + from.length;
      const cut = Math.max(end, text.length - (from.length - 1));
      held = text.slice(cut);
      done(null, Buffer.from(text.slice(0, cut).replaceAll(from, to), "latin1"));
    },
    flush(done: TransformCallback) {
      done(null, Buffer.from(held, "latin1"));
    },
  });
}
