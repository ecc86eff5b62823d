import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessToken, lend, type World, world } from "../testing/builders";
import { type RawApi, startRawApi } from "../testing/rawApi";
import { answerOverHttp } from "./overHttp";

const CHUNK = Buffer.alloc(64 * 1024, "x");
const TOTAL_BYTES = 48 * 1024 * 1024;
/** What sockets and streams on the way may hold, on both sides of Valet; a body that was held as a whole would be all of it. */
const UNDER_WAY_BYTES_MAX = 16 * 1024 * 1024;

let raw: RawApi;
let here: World;
let server: Server;
let headers: Record<string, string>;
beforeAll(async () => {
  raw = await startRawApi();
  here = await world({ apiBaseUrl: raw.url });
  const scopes = ["issues:read", "files:read", "files:write"];
  headers = { authorization: `Bearer ${await accessToken(here.core, await lend(here, { delivery: "gateway", scopes }))}` };
  server = createServer((incoming, outgoing) => void answerOverHttp(here.core, incoming, outgoing, incoming.url ?? "/"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await here.close();
  await raw.close();
});

const ask = (method: string, path: string, more: Record<string, string> = {}) =>
  request({ port: (server.address() as AddressInfo).port, method, path: `/proxy/demo${path}`, headers: { ...headers, ...more } });
const answerTo = async (asked: ReturnType<typeof ask>) => (await once(asked, "response"))[0] as IncomingMessage;

describe("through sockets, a body", () => {
  it("goes up as fast as the SaaS takes it, and no faster", async () => {
    let [sent, arrived, lead] = [0, 0, 0];
    raw.answer(async (incoming, outgoing) => {
      for await (const chunk of incoming as AsyncIterable<Buffer>) arrived += chunk.length;
      outgoing.writeHead(201).end();
    });
    const chunks = function* () {
      for (; sent < TOTAL_BYTES; sent += CHUNK.length) {
        lead = Math.max(lead, sent - arrived);
        yield CHUNK;
      }
    };
    const asked = ask("POST", "/api/files?name=big", { "content-type": "application/zip", "content-length": String(TOTAL_BYTES) });
    Readable.from(chunks(), { objectMode: false }).pipe(asked);
    const answer = await answerTo(asked);
    expect([answer.statusCode, arrived, raw.requests.at(-1)?.headers["content-length"]]).toEqual([201, TOTAL_BYTES, String(TOTAL_BYTES)]);
    expect(lead).toBeLessThan(UNDER_WAY_BYTES_MAX);
    answer.resume();
  });

  it("comes down as fast as the caller takes it, and no faster", async () => {
    let [sent, read, lead] = [0, 0, 0];
    raw.answer(async (_, outgoing) => {
      outgoing.writeHead(200, { "content-length": String(TOTAL_BYTES) });
      for (; sent < TOTAL_BYTES; sent += CHUNK.length) if (!outgoing.write(CHUNK)) await once(outgoing, "drain");
      outgoing.end();
    });
    const answer = await answerTo(ask("GET", "/api/files/1/content").end());
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      lead = Math.max(lead, sent - read);
      read += chunk.length;
    }
    expect([read, answer.headers["content-length"]]).toEqual([TOTAL_BYTES, String(TOTAL_BYTES)]);
    expect(lead).toBeLessThan(UNDER_WAY_BYTES_MAX);
  });

  it("of events passes one by one", async () => {
    let next = (_text: string): unknown => undefined;
    raw.answer((_, outgoing) => {
      outgoing.writeHead(200, { "content-type": "text/event-stream" });
      next = (text) => outgoing.write(text);
      outgoing.write("data: 0\n\n");
    });
    const answer = await answerTo(ask("GET", "/api/stream").end());
    for (const number of [0, 1, 2]) {
      expect(String((await once(answer, "data"))[0])).toBe(`data: ${number}\n\n`);
      next(`data: ${number + 1}\n\n`);
    }
    answer.destroy();
  });
});

describe("through sockets, a line that is cut", () => {
  it("by the caller is cut to the SaaS too, before the answer and within it", async () => {
    for (const begins of [false, true]) {
      let closed: Promise<unknown> | undefined;
      const arrived = new Promise<void>((resolve) => {
        raw.answer((_, outgoing) => {
          closed = once(outgoing, "close");
          if (begins) outgoing.write("some");
          resolve();
        });
      });
      const asked = ask("GET", "/api/issues").end();
      asked.on("error", () => undefined);
      if (begins) await once(await answerTo(asked), "data");
      await arrived;
      asked.destroy();
      await closed;
    }
  });

  it("by the SaaS within its answer is cut to the caller, who cannot take half of it for the whole", async () => {
    let cut = () => {};
    raw.answer((_, outgoing) => {
      outgoing.writeHead(200, { "content-length": "100" }).write("half");
      cut = () => outgoing.destroy();
    });
    const answer = await answerTo(ask("GET", "/api/issues").end());
    cut();
    await expect(text(answer)).rejects.toThrow("aborted");
  });
});

it("a refusal does not wait for a body that was not asked for", async () => {
  const before = raw.requests.length;
  const asked = ask("POST", "/api/issues", { "content-type": "application/json", "content-length": String(TOTAL_BYTES) });
  asked.on("error", () => undefined);
  asked.write(CHUNK);
  const answer = await answerTo(asked);
  expect([answer.statusCode, raw.requests.length]).toEqual([403, before]);
  answer.resume();
  asked.destroy();
});
