import type { Core } from "./ctx";
import { isRefusal } from "./errors";
import type { SamplerName } from "./otlpSettings";

/** What a span may say. What is not named here cannot leave: no address with its query, no header, no body, nobody's name. */
export type AttributeName =
  | "http.request.method"
  | "http.route"
  | "http.response.status_code"
  | "server.address"
  | "db.system.name"
  | "error.type"
  | "valet.request_id"
  | "valet.use_id"
  | "valet.run_id"
  | "valet.event"
  | "valet.decision"
  | "valet.reason"
  | "valet.connector"
  | "valet.grant_id"
  | "valet.agent_id";
export type Attributes = Partial<Record<AttributeName, string | number | null>>;

/** What is done for one request: the request itself, access made ready, one asking of a SaaS by Valet itself, the gate, the call that is passed on. */
export type SpanName = "request" | "access" | "ask" | "gate" | "upstream";
export type SpanKind = "server" | "client" | "internal";

/** A span that is over, as it is exported. */
export interface EndedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly kind: SpanKind;
  /** Milliseconds since 1970, with their fraction. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly failed: boolean;
}

export interface Span {
  readonly traceId: string;
  /** As W3C Trace Context has it, for whoever is asked on its behalf. */
  readonly traceparent: string;
  set(attributes: Attributes): void;
  child(name: SpanName, kind: SpanKind, attributes?: Attributes): Span;
  /** @param failed something went wrong here; a refusal is an answer and no fault. */
  end(failed?: boolean): void;
}

/** Makes spans. Where there is no tracing nothing makes any, and no code asks for one. */
export interface Tracing {
  /** Whether a SaaS may be told the trace. */
  readonly upstream: boolean;
  /** Null when this trace is not one that is sampled. @param traceparent what the caller sent. */
  begin(title: string, traceparent: string | null, attributes: Attributes): Span | null;
  /** Spans that were given up since the start, because the collector did not take them. */
  dropped(): number;
  /** Sends what is left, as far as the collector takes it soon. */
  stop(): Promise<void>;
}

export interface Sampler {
  readonly name: SamplerName;
  readonly share: number;
}

interface Parent {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
}

/** A span's texts are ids and names from closed sets: what is longer is cut. */
const TEXT_MAX = 200;
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;

/** @param take gets each span that is over. */
export function beginner(sampler: Sampler, take: (span: EndedSpan) => void): Tracing["begin"] {
  return (title, traceparent, attributes) => {
    const parent = parentOf(traceparent);
    const traceId = parent?.traceId ?? randomHex(16);
    if (!isSampled(sampler, traceId, parent)) return null;
    const span = new OpenSpan(take, title, "server", traceId, parent?.spanId ?? null);
    span.set(attributes);
    return span;
  };
}

/** Whatever has a request's span, or none. */
interface Traceable {
  readonly scope?: { readonly span?: Span | undefined } | undefined;
}

/** Does one part of a request under a span of its own, where the request has one. */
export async function traced<T>(
  core: Traceable,
  name: SpanName,
  attributes: Attributes,
  work: (span: Span | undefined) => Promise<T>,
): Promise<T> {
  const span = core.scope?.span?.child(name, name === "access" ? "internal" : "client", attributes);
  if (!span) return work(undefined);
  try {
    const result = await work(span);
    span.end();
    return result;
  } catch (error) {
    span.set({ "error.type": typeOf(error) });
    span.end(!isAnswer(error));
    throw error;
  }
}

/** `core.fetch` for one request: a span for each asking of a SaaS, with the host that was asked and no more of its address. */
export function tracedFetch(send: Core["fetch"], span: Span): Core["fetch"] {
  return async (input, init) => {
    const at = new URL(input instanceof Request ? input.url : input);
    const asked = { "server.address": at.hostname, "http.request.method": init?.method ?? "GET" };
    return traced({ scope: { span } }, "ask", asked, async (own) => {
      const answer = await send(input, init);
      own?.set({ "http.response.status_code": answer.status });
      return answer;
    });
  };
}

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** A method's name is the caller's to choose: one that nobody knows is told as OpenTelemetry tells it. */
export function methodOf(method: string): string {
  return METHODS.has(method) ? method : "_OTHER";
}

function isSampled({ name, share }: Sampler, traceId: string, parent: Parent | null): boolean {
  if (name.startsWith("parentbased_") && parent) return parent.sampled;
  if (name.endsWith("always_on")) return true;
  if (name.endsWith("always_off")) return false;
  return Number.parseInt(traceId.slice(-8), 16) < share * 2 ** 32;
}

function parentOf(traceparent: string | null): Parent | null {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent ?? "") ?? [];
  return traceId && spanId && flags ? { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 } : null;
}

class OpenSpan implements Span {
  readonly #spanId = randomHex(8);
  readonly #startMs = nowMs();
  readonly #attributes: Record<string, string | number> = {};
  #ended = false;

  constructor(
    private readonly take: (span: EndedSpan) => void,
    private readonly name: string,
    private readonly kind: SpanKind,
    readonly traceId: string,
    private readonly parentSpanId: string | null,
  ) {}

  get traceparent(): string {
    return `00-${this.traceId}-${this.#spanId}-01`;
  }

  set(attributes: Attributes): void {
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null && value !== undefined) this.#attributes[name] = typeof value === "string" ? value.slice(0, TEXT_MAX) : value;
    }
  }

  child(name: SpanName, kind: SpanKind, attributes: Attributes = {}): Span {
    const span = new OpenSpan(this.take, name, kind, this.traceId, this.#spanId);
    span.set(attributes);
    return span;
  }

  end(failed = false): void {
    if (this.#ended) return;
    this.#ended = true;
    const { traceId, parentSpanId, name, kind } = this;
    const span = { traceId, spanId: this.#spanId, parentSpanId, name, kind, startMs: this.#startMs, endMs: nowMs(), failed };
    this.take({ ...span, attributes: this.#attributes });
  }
}

/** Spans are lined up with other programs' by wall time, whatever clock the broker decides by. */
function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

function randomHex(bytes: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString("hex");
}

function typeOf(error: unknown): string {
  const { reason, code, name } = (error ?? {}) as { reason?: unknown; code?: unknown; name?: unknown };
  return String(reason ?? code ?? name ?? "unknown");
}

/** A refusal is an answer; that a SaaS or the database failed is not. */
function isAnswer(error: unknown): boolean {
  return isRefusal(error) && error.code !== "upstream_failed" && error.code !== "unavailable";
}
