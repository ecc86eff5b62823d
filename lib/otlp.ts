import type { OtlpSettings } from "./otlpSettings";
import { beginner, type EndedSpan, type SpanKind, type Tracing } from "./tracing";

/** Makes and sends nothing. */
export const NO_TRACING: Tracing = { upstream: false, begin: () => null, dropped: () => 0, stop: async () => undefined };

const BATCH = 512;
/** A stop waits no longer for the collector. */
const LAST_MS = 1_000;

/**
 * Spans to a collector by OTLP over HTTP, as JSON. They wait in a bounded queue and are sent together, one request at a time, beside the work: a
 * collector that is slow or away costs a request nothing, and what it did not take is dropped and counted.
 */
export function createTracing(settings: OtlpSettings | null): Tracing {
  if (!settings) return NO_TRACING;
  const { url, headers, timeoutMs, delayMs, queueMax } = settings;
  const queue: EndedSpan[] = [];
  let [dropped, timer, sending]: [number, NodeJS.Timeout | null, Promise<void> | null] = [0, null, null];

  function take(span: EndedSpan): void {
    if (queue.length >= queueMax) {
      dropped += 1;
      return;
    }
    queue.push(span);
    if (queue.length >= BATCH) flush();
    else timer ??= setTimeout(flush, delayMs).unref();
  }

  function flush(): void {
    if (timer) clearTimeout(timer);
    timer = null;
    if (sending || queue.length === 0) return;
    sending = send(queue.splice(0, BATCH), timeoutMs).finally(() => {
      sending = null;
      if (queue.length >= BATCH) flush();
      else if (queue.length > 0) timer ??= setTimeout(flush, delayMs).unref();
    });
  }

  async function send(spans: readonly EndedSpan[], limitMs: number): Promise<void> {
    const body = JSON.stringify(asOtlp(settings as OtlpSettings, spans));
    const init = { method: "POST", body, headers: { "content-type": "application/json", ...headers }, redirect: "manual" as const };
    const { plainFetch } = await import("./plainFetch");
    const answer = await plainFetch(url, { ...init, signal: AbortSignal.timeout(limitMs) }).catch(() => null);
    await answer?.body?.cancel().catch(() => undefined);
    if (!answer?.ok) dropped += spans.length;
  }

  async function stop(): Promise<void> {
    if (timer) clearTimeout(timer);
    await Promise.race([sending, new Promise((resolve) => setTimeout(resolve, LAST_MS).unref())]);
    if (queue.length > 0) await send(queue.splice(0), LAST_MS);
  }

  return { upstream: settings.upstream, begin: beginner(settings.sampler, take), dropped: () => dropped, stop };
}

const KINDS: Readonly<Record<SpanKind, number>> = { internal: 1, server: 2, client: 3 };
const FAILED = 2;

/** OTLP 1 as JSON: `ExportTraceServiceRequest`. */
function asOtlp({ resource }: OtlpSettings, spans: readonly EndedSpan[]): object {
  const scopeSpans = [{ scope: { name: "valet" }, spans: spans.map(asSpan) }];
  return { resourceSpans: [{ resource: { attributes: attributesOf(resource) }, scopeSpans }] };
}

function asSpan({ traceId, spanId, parentSpanId, name, kind, startMs, endMs, attributes, failed }: EndedSpan): object {
  return {
    traceId,
    spanId,
    ...(parentSpanId ? { parentSpanId } : {}),
    name,
    kind: KINDS[kind],
    startTimeUnixNano: nanoseconds(startMs),
    endTimeUnixNano: nanoseconds(endMs),
    attributes: attributesOf(attributes),
    status: failed ? { code: FAILED } : {},
  };
}

function attributesOf(attributes: Readonly<Record<string, string | number>>): object[] {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === "number" ? { intValue: String(value) } : { stringValue: value },
  }));
}

/** As text: a number of this size is not exact in JSON. */
function nanoseconds(milliseconds: number): string {
  return String(BigInt(Math.round(milliseconds * 1000)) * 1000n);
}
