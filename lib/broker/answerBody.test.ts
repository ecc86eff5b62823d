import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { demo } from "../connectors/demo";
import { microsoft } from "../connectors/microsoft";
import { Fields } from "../net/message";
import { answerBody, readablePacking } from "./answerBody";

const GATEWAY = "https://valet.example/proxy/microsoft";
const PAGE = '{"value":[],"@odata.nextLink":"https://graph.microsoft.com/v1.0/me/messages?$skip=10"}';
const LED = PAGE.replace("https://graph.microsoft.com", GATEWAY);

function answer(bytes: Buffer | string, given: Record<string, string>, { connector = microsoft, status = 200 } = {}) {
  const headers = new Fields({ "content-type": "application/json", "content-length": String(bytes.length), ...given });
  return { headers, body: answerBody(connector, status, headers, Readable.from([bytes], { objectMode: false }), GATEWAY) };
}

describe("an answer with links that client packages follow", () => {
  it("leads back through the gateway, packed or not, and its headers say what is sent", async () => {
    const packings = { gzip: gzipSync(PAGE), "x-gzip": gzipSync(PAGE), br: brotliCompressSync(PAGE), deflate: deflateSync(PAGE) };
    for (const [packing, bytes] of Object.entries({ identity: PAGE, ...packings })) {
      const { headers, body } = answer(bytes, { "content-encoding": packing, etag: '"1"' });
      expect([packing, await text(body)]).toEqual([packing, LED]);
      expect([...headers].map(([name]) => name)).toEqual(["content-type", "etag"]);
    }
    expect(await text(answer(PAGE, { "content-type": "application/json;odata.metadata=minimal" }).body)).toBe(LED);
  });

  it("is not touched where it is a file, a part, an error, in a packing nobody knows, or of a SaaS without such links", async () => {
    for (const { headers, body } of [
      answer(PAGE, { "content-type": "text/plain" }),
      answer(PAGE, {}, { status: 206 }),
      answer(PAGE, {}, { status: 400 }),
      answer(PAGE, { "content-encoding": "zstd" }),
      answer(PAGE, {}, { connector: demo }),
    ]) {
      expect(headers.get("content-length")).toBe(String(PAGE.length));
      expect(await text(body)).toBe(PAGE);
    }
  });

  it("that breaks off, or is not packed as it says, breaks off here", async () => {
    await expect(buffer(answer("no gzip", { "content-encoding": "gzip" }).body)).rejects.toThrow();
    await expect(buffer(answer(gzipSync(PAGE).subarray(0, 20), { "content-encoding": "gzip" }).body)).rejects.toThrow();
    const headers = new Fields({ "content-type": "application/json" });
    const cut = new Readable({ read: () => cut.destroy(new Error("cut")) });
    await expect(buffer(answerBody(microsoft, 200, headers, cut, GATEWAY))).rejects.toThrow();
  });
});

it("asks a SaaS for gzip only where the caller takes it, since nothing else can be read and passed on", () => {
  for (const [accepted, asked] of [
    ["gzip, deflate, br", "gzip"],
    ["br;q=1.0, gzip;q=0.8", "gzip"],
    ["deflate, br", "identity"],
    ["gzip;q=0, br", "identity"],
    ["*", "identity"],
    [undefined, "identity"],
  ] as const)
    expect([accepted, readablePacking(accepted)]).toEqual([accepted, asked]);
});
