import type { IncomingMessage, ServerResponse } from "node:http";
import type { Break } from "./breakage";
import type { Call } from "./calls";

/** One request under way, with what every endpoint needs. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  /** Below the tenant, if there is one. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The address this request came to, from its own Host header, with the tenant. No slash at the end. */
  readonly base: string;
  readonly call: Call;
  /** What a test wants to go wrong with this one. */
  readonly broken: Break | undefined;
}

/** Stops an endpoint with a status and a JSON body. */
export class Stop extends Error {
  override readonly name = "Stop";
  constructor(
    readonly status: number,
    readonly body: Readonly<Record<string, unknown>>,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(String(body.error ?? status));
  }
}

const BODY_BYTES_MAX = 1024 * 1024;

/** Sends the answer, unless a test wants it lost: then the work is done and the line is cut. */
export function answer(exchange: Exchange, status: number, headers: Record<string, string>, body: string): void {
  if (exchange.broken?.mode === "lost") {
    exchange.response.destroy();
    return;
  }
  exchange.call.status = status;
  exchange.response.writeHead(status, { ...headers, "content-length": String(Buffer.byteLength(body)) });
  exchange.response.end(body);
}

export function answerJson(exchange: Exchange, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void {
  const type = { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" };
  answer(exchange, status, { ...type, ...headers }, JSON.stringify(body));
}

/** A page without scripts that nobody may frame. */
export function answerPage(exchange: Exchange, status: number, html: string): void {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  };
  answer(exchange, status, headers, html);
}

export function redirect(exchange: Exchange, status: 302 | 303, location: string): void {
  answer(exchange, status, { location, "cache-control": "no-store", "referrer-policy": "no-referrer" }, "");
}

/** Reads the whole body. Throws `Stop` 413 beyond 1 MiB. */
export async function readBody(exchange: Exchange): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of exchange.request as AsyncIterable<Buffer>) {
    exchange.call.bodyBytes += chunk.length;
    if (exchange.call.bodyBytes > BODY_BYTES_MAX) throw new Stop(413, { error: "too_large" }, { connection: "close" });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Reads a form. Throws `Stop` 400 when it is none, or when a parameter comes twice (RFC 6749 section 3.2). */
export async function readForm(exchange: Exchange): Promise<URLSearchParams> {
  const type = exchange.request.headers["content-type"] ?? "";
  const body = await readBody(exchange);
  if (type.split(";")[0]?.trim().toLowerCase() !== "application/x-www-form-urlencoded")
    throw new Stop(400, { error: "invalid_request", error_description: "Send the parameters as a form." });
  const form = new URLSearchParams(body);
  const twice = firstDouble(form);
  if (twice !== null) throw new Stop(400, { error: "invalid_request", error_description: `Send ${twice} once.` });
  return form;
}

/** Reads a JSON object. Throws `Stop` 400 when it is none. */
export async function readJson(exchange: Exchange): Promise<Record<string, unknown>> {
  const body = await readBody(exchange);
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // falls through to the same refusal
  }
  throw new Stop(400, { error: "invalid_json" });
}

/** The first parameter that comes more than once, or null. */
export function firstDouble(parameters: URLSearchParams): string | null {
  const seen = new Set<string>();
  for (const name of parameters.keys()) {
    if (seen.has(name)) return withoutOddities(name);
    seen.add(name);
  }
  return null;
}

function withoutOddities(name: string): string {
  return name.replace(/[^\w-]/g, "").slice(0, 40);
}
