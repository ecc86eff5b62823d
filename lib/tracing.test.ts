import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { Refusal } from "./errors";
import { createTracing, NO_TRACING } from "./otlp";
import { readSettings } from "./settings";
import { type Attributes, beginner, type EndedSpan, type Sampler, traced, tracedFetch } from "./tracing";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = `00-${TRACE}-b7ad6b7169203331-01`;
const ALWAYS: Sampler = { name: "parentbased_always_on", share: 1 };

function kept(sampler = ALWAYS) {
  const spans: EndedSpan[] = [];
  return { spans, begin: beginner(sampler, (span) => spans.push(span)) };
}

describe("a span", () => {
  it("continues the caller's trace, and its parts hang on it", async () => {
    const { spans, begin } = kept();
    const span = begin("POST /oauth/token", PARENT, { "valet.request_id": "req_1" }) as NonNullable<ReturnType<typeof begin>>;
    expect(span.traceId).toBe(TRACE);
    expect(await traced({ scope: { span } }, "gate", { "db.system.name": "postgresql" }, async () => "row")).toBe("row");
    span.end();
    const [gate, request] = spans;
    expect(request).toMatchObject({ traceId: TRACE, parentSpanId: "b7ad6b7169203331", kind: "server", failed: false });
    expect(gate).toMatchObject({ traceId: TRACE, parentSpanId: request?.spanId, name: "gate", kind: "client" });
    expect(gate?.endMs).toBeGreaterThanOrEqual(gate?.startMs ?? Number.POSITIVE_INFINITY);
  });

  it.each([
    ["nothing", null],
    ["nonsense", "hello"],
    ["a version of nothing", `ff-${TRACE}-b7ad6b7169203331-01`],
    ["no trace", `00-${"0".repeat(32)}-b7ad6b7169203331-01`],
  ])("begins a trace of its own where the caller sent %s", (_, traceparent) => {
    const { spans, begin } = kept();
    const span = begin("GET rest", traceparent, {});
    span?.end();
    expect(spans[0]).toMatchObject({ parentSpanId: null, traceId: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(spans[0]?.traceId).not.toBe(TRACE);
  });

  it("is made as the sampler says: a caller's word counts where it is based on that", () => {
    const unsampled = PARENT.replace(/01$/, "00");
    const begins = (name: Sampler["name"], share: number, traceparent: string | null) =>
      kept({ name, share }).begin("x", traceparent, {}) !== null;
    expect(begins("parentbased_always_on", 1, unsampled)).toBe(false);
    expect(begins("always_on", 1, unsampled)).toBe(true);
    expect(begins("parentbased_always_off", 1, PARENT)).toBe(true);
    expect(begins("parentbased_always_off", 1, null)).toBe(false);
    expect(begins("always_off", 1, PARENT)).toBe(false);
    // The last eight digits of this trace lie at 0.112 of their range.
    expect(begins("traceidratio", 0.11, PARENT)).toBe(false);
    expect(begins("traceidratio", 0.12, PARENT)).toBe(true);
    expect(begins("parentbased_traceidratio", 0, null)).toBe(false);
  });

  it("says of an asked SaaS its host alone, and of what failed its reason; a refusal is no fault", async () => {
    const { spans, begin } = kept();
    const span = begin("x", null, {}) as NonNullable<ReturnType<typeof begin>>;
    const ask = tracedFetch(async () => new Response("no", { status: 401 }), span);
    await ask("https://api.example.com:8443/token?code=secret-code#secret-part", { method: "POST", body: "secret-body" });
    await expect(traced({ scope: { span } }, "gate", {}, () => Promise.reject(new Refusal("invalid_grant", "No.")))).rejects.toThrow("No.");
    await expect(traced({ scope: { span } }, "ask", {}, () => Promise.reject(new TypeError("secret-host")))).rejects.toThrow();
    expect(spans.map(({ attributes, failed }) => [attributes, failed])).toEqual([
      [{ "server.address": "api.example.com", "http.request.method": "POST", "http.response.status_code": 401 }, false],
      [{ "error.type": "invalid_grant" }, false],
      [{ "error.type": "TypeError" }, true],
    ]);
    expect(JSON.stringify(spans)).not.toContain("secret");
  });

  it("ends once, is cut where it is long, and leaves out what is not known", () => {
    const { spans, begin } = kept();
    const span = begin("x", null, {});
    span?.set({ "valet.run_id": "r".repeat(1000), "valet.grant_id": null });
    span?.end();
    span?.end();
    expect(spans).toHaveLength(1);
    expect(spans[0]?.attributes).toEqual({ "valet.run_id": "r".repeat(200) });
  });

  it("is not made where nothing is traced", async () => {
    expect(NO_TRACING.begin("x", PARENT, {})).toBeNull();
    expect(await traced({}, "gate", {}, async (span) => span)).toBeUndefined();
  });
});

describe("the collector", () => {
  let server: Server | undefined;
  afterEach(async () => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  });

  interface Received {
    readonly path: string;
    readonly headers: Record<string, unknown>;
    readonly spans: readonly { readonly name: string; readonly attributes: readonly object[] }[];
  }

  async function collector(status: number) {
    const received: Received[] = [];
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString("utf8"));
      received.push({ path: request.url ?? "", headers: request.headers, spans: resourceSpans[0].scopeSpans[0].spans });
      response.writeHead(status, { "content-type": "application/json" }).end("{}");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  const tracing = (url: string, more: Record<string, string> = {}) =>
    createTracing(readSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_BSP_SCHEDULE_DELAY: "60000", ...more }).otlp);
  const end = (of: ReturnType<typeof tracing>, count: number, attributes: Attributes = {}) => {
    for (let made = 0; made < count; made += 1) of.begin("GET rest", null, attributes)?.end();
  };

  it("gets spans as OTLP over HTTP in JSON, together, what is left at the stop too", async () => {
    const { received, url } = await collector(200);
    const here = tracing(url, { OTEL_EXPORTER_OTLP_HEADERS: "x-team=us%20all" });
    end(here, 3, { "http.response.status_code": 200, "valet.request_id": "req_1" });
    await here.stop();
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ path: "/v1/traces", headers: { "content-type": "application/json", "x-team": "us all" } });
    expect(received[0]?.spans).toHaveLength(3);
    expect(received[0]?.spans[0]).toMatchObject({
      kind: 2,
      startTimeUnixNano: expect.stringMatching(/^\d{19}$/),
      attributes: [
        { key: "http.response.status_code", value: { intValue: "200" } },
        { key: "valet.request_id", value: { stringValue: "req_1" } },
      ],
      status: {},
    });
    expect(here.dropped()).toBe(0);
  });

  it("that refuses, or is not there, costs the spans alone: they are counted", async () => {
    const { url } = await collector(503);
    const refusing = tracing(url);
    end(refusing, 4);
    await refusing.stop();
    expect(refusing.dropped()).toBe(4);
    const away = tracing("http://127.0.0.1:9");
    end(away, 2);
    await away.stop();
    expect(away.dropped()).toBe(2);
  });

  it("that is slow makes nobody wait: beyond the queue spans are dropped", async () => {
    server = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(server, "listening");
    const here = tracing(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      OTEL_BSP_MAX_QUEUE_SIZE: "600",
      OTEL_EXPORTER_OTLP_TIMEOUT: "100",
    });
    end(here, 2000);
    // 512 are on their way, 600 wait.
    expect(here.dropped()).toBe(2000 - 512 - 600);
    await here.stop();
    expect(here.dropped()).toBe(2000);
  });
});
