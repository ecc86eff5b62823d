import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { asNode, asWeb } from "./nodeStreams";

const pieces = (...words: string[]) => Readable.from(words.map((word) => Buffer.from(word)));

describe("a Node stream behind one of the web platform's", () => {
  it("is found again, also behind a Request and a Response: nothing is copied", () => {
    const readable = pieces("a", "b");
    expect(asNode(asWeb(readable))).toBe(readable);
    const init = { method: "POST", body: asWeb(readable), duplex: "half" } as RequestInit;
    expect(asNode(new Request("http://valet.test", init).body as ReadableStream<Uint8Array>)).toBe(readable);
    expect(asNode(new Response(asWeb(readable)).body as ReadableStream<Uint8Array>)).toBe(readable);
  });

  it("gives nothing away before it is read, and then all of it, once", async () => {
    const readable = pieces("a", "b");
    const web = asWeb(readable);
    await new Promise((resolve) => setImmediate(resolve));
    expect(readable.readableDidRead).toBe(false);
    expect(await new Response(web).text()).toBe("ab");
  });

  it("that somebody has begun to read goes on from there", async () => {
    const web = asWeb(pieces("a", "b"));
    const reader = web.getReader();
    await reader.read();
    reader.releaseLock();
    expect(await text(asNode(web))).toBe("b");
  });

  it("ends when its reader leaves, and breaks off for the reader when it breaks off", async () => {
    const left = pieces("a", "b");
    await asWeb(left).cancel();
    expect(left.destroyed).toBe(true);
    const broken = new Readable({ read: () => broken.destroy(new Error("cut")) });
    await expect(new Response(asWeb(broken)).text()).rejects.toThrow("cut");
  });
});
