import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";

const behind = new WeakMap<ReadableStream<Uint8Array>, Readable>();

/**
 * A Node stream as one of the web platform's, which takes nothing from it before somebody reads. Where both ends are Node's,
 * `asNode` finds the first one again, and a body passes through `Request` and `Response` without being copied piece by piece.
 */
export function asWeb(readable: Readable): ReadableStream<Uint8Array> {
  let pieces: AsyncIterator<Uint8Array> | undefined;
  const web = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        behind.delete(web);
        pieces ??= readable[Symbol.asyncIterator]();
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel() {
        readable.destroy();
      },
    },
    { highWaterMark: 0 },
  );
  behind.set(web, readable);
  return web;
}

/** A web stream as one of Node's: the very one it was made of, if nobody has begun to read it. */
export function asNode(web: ReadableStream<Uint8Array>): Readable {
  return (web.locked ? undefined : behind.get(web)) ?? Readable.fromWeb(web as NodeReadableStream<Uint8Array>);
}
