import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessToken, apiToken, call, lend, type World, world } from "../testing/builders";
import { type RawApi, startRawApi } from "../testing/rawApi";

const CHUNK = Buffer.alloc(64 * 1024, "x");
const TOTAL_BYTES = 64 * 1024 * 1024;
/** What may be under way between both ends: buffers of sockets and streams, and no body as a whole. */
const LEAD_BYTES_MAX = 16 * 1024 * 1024;

let raw: RawApi;
let wild: World;
let here: World;
let token: string;
let wildToken: string;
beforeAll(async () => {
  raw = await startRawApi();
  wild = await world({ apiBaseUrl: raw.url });
  here = await world();
  token = await apiToken((await lend(here)).owner);
  wildToken = await accessToken(wild.core, await lend(wild, { delivery: "gateway" }));
});
afterAll(async () => {
  await Promise.all([here.close(), wild.close()]);
  await raw.close();
});

describe("a body", () => {
  it("of 64 MiB streams up without being held", async () => {
    let sent = 0;
    let lead = 0;
    const arrived = () => here.saas.calls.at(-1)?.bodyBytes ?? 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent > 0) lead = Math.max(lead, sent - arrived());
        if (sent === TOTAL_BYTES) return controller.close();
        sent += CHUNK.length;
        controller.enqueue(CHUNK);
      },
    });
    const init = { method: "POST", body, duplex: "half", headers: { "content-type": "application/zip" } } as RequestInit;
    const answer = await call(here.core, token, "/api/files?name=big.zip", init);
    const sha256 = createHash("sha256");
    for (let bytes = 0; bytes < TOTAL_BYTES; bytes += CHUNK.length) sha256.update(CHUNK);
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ sizeBytes: TOTAL_BYTES, sha256: sha256.digest("hex"), type: "application/zip" });
    expect(lead).toBeLessThan(LEAD_BYTES_MAX);
  });

  it("of 64 MiB streams down as fast as it is read, and no faster", async () => {
    let sent = 0;
    raw.answer(async (_, response) => {
      for (; sent < TOTAL_BYTES && !response.destroyed; sent += CHUNK.length) {
        if (!response.write(CHUNK))
          await new Promise((resolve) => response.setMaxListeners(0).once("drain", resolve).once("close", resolve));
      }
      response.end();
    });
    const answer = await call(wild.core, wildToken, "/api/issues");
    let [read, lead] = [0, 0];
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
      lead = Math.max(lead, sent - read);
      read += chunk.length;
    }
    expect(read).toBe(TOTAL_BYTES);
    expect(lead).toBeLessThan(LEAD_BYTES_MAX);
  });

  it("keeps its encoding: what the SaaS packed arrives packed", async () => {
    raw.answer((_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(Buffer.from([0x1f, 0x8b, 1, 2, 3])));
    const answer = await call(wild.core, wildToken, "/api/issues", { headers: { "accept-encoding": "gzip" } });
    expect(answer.headers.get("content-encoding")).toBe("gzip");
    expect(raw.requests.at(-1)?.headers["accept-encoding"]).toBe("gzip");
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(Buffer.from([0x1f, 0x8b, 1, 2, 3]));
  });
});

describe("a stream of events", () => {
  it("passes one event at a time, each before the next has happened", async () => {
    const answer = await call(here.core, token, "/api/stream");
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    const next = async () => Buffer.from((await reader.read()).value ?? []).toString();
    expect(await next()).toContain("event: ready");
    for (const title of ["first", "second"]) {
      const headers = { "content-type": "application/json" };
      await call(here.core, token, "/api/issues", { method: "POST", headers, body: JSON.stringify({ title }) });
      expect(await next()).toMatch(new RegExp(`event: issue.created\\ndata: .*"${title}"`));
    }
    await reader.cancel();
  });
});

describe("a caller who leaves", () => {
  it("ends the call at the SaaS, when the answer streams", async () => {
    let closed: Promise<unknown> | undefined;
    raw.answer((_, response) => {
      closed = new Promise((resolve) => response.once("close", resolve));
      response.write("some");
    });
    const answer = await call(wild.core, wildToken, "/api/issues");
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    await reader.cancel();
    await closed;
  });

  it("ends the call at the SaaS, when it has not answered yet", async () => {
    const gone = new AbortController();
    let closed: Promise<unknown> | undefined;
    const arrived = new Promise<void>((resolve) => {
      raw.answer((_, response) => {
        closed = new Promise((closedThen) => response.once("close", closedThen));
        resolve();
      });
    });
    const pending = call(wild.core, wildToken, "/api/issues", { signal: gone.signal });
    await arrived;
    gone.abort();
    await closed;
    expect((await pending).status).toBe(502);
  });
});

describe("an answer that breaks off at the SaaS", () => {
  it("breaks off here too: half of it is not taken for the whole", async () => {
    let cut = () => {};
    raw.answer((_, response) => {
      response.writeHead(200, { "content-length": "100" }).write("half");
      cut = () => response.destroy();
    });
    const answer = await call(wild.core, wildToken, "/api/issues");
    cut();
    await expect(answer.text()).rejects.toThrow();
  });

  it("before it could be passed on is a 502, and ends nothing but that call", async () => {
    raw.answer((_, response) => {
      response.writeHead(200, { "content-length": "100" }).write("half");
      setImmediate(() => response.destroy());
    });
    for (let tries = 0; tries < 10; tries += 1) {
      const answer = await call(wild.core, wildToken, "/api/issues");
      const whole = await answer.text().catch(() => "broken off");
      expect([200, 502]).toContain(answer.status);
      expect(whole).not.toBe("half");
      if (answer.status === 200) expect(whole).toBe("broken off");
    }
  });
});
