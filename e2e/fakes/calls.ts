import type { IncomingMessage } from "node:http";

/** One request that reached the SaaS. Holds nothing that could be replayed. */
export interface Call {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  /** With the question mark; empty at OAuth endpoints, where it would hold codes and states. */
  readonly query: string;
  /** null while the request is being worked on, and for good when the line was cut before an answer. */
  status: number | null;
  /** What came in the Authorization header. `live`, `ended` and `expired` are tokens of this SaaS. */
  credential: "none" | "client" | "live" | "ended" | "expired" | "unknown";
  /** Scopes, person and client of the token that came along; null without a known one. */
  scopes: readonly string[] | null;
  login: string | null;
  clientId: string | null;
  /** Bytes of the body as they arrived, also while it still streams. */
  bodyBytes: number;
  /** Names of every header that arrived, lower case. */
  readonly headerNames: readonly string[];
  /** A few harmless headers with their values. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where something that looks like another system's credential arrived: a header's name, `path` or `query`. */
  readonly foreignSecrets: readonly string[];
}

/** Older ones are forgotten, so that a demo can run for days. */
const CALLS_MAX = 10_000;

const FOREIGN_SECRET = /vlt_[a-z]+_|eyJ[\w-]+\.[\w-]+/;

const KEPT_HEADERS = new Set([
  "accept",
  "accept-encoding",
  "baggage",
  "content-encoding",
  "content-length",
  "content-type",
  "host",
  "idempotency-key",
  "if-none-match",
  "range",
  "traceparent",
  "transfer-encoding",
  "user-agent",
  "x-http-method-override",
  "x-request-id",
]);

/** Takes down a request as it arrives, so that one that never gets an answer is in the log as well. */
export function openCall(
  calls: Call[],
  request: IncomingMessage,
  about: { at: string; path: string; query: string; foreignSecret?: RegExp | undefined },
): Call {
  const query = about.path.startsWith("/oauth/") ? "" : about.query;
  const call: Call = {
    at: about.at,
    method: request.method ?? "GET",
    path: withoutSecrets(about.path),
    query: withoutSecrets(query),
    status: null,
    credential: "none",
    scopes: null,
    login: null,
    clientId: null,
    bodyBytes: 0,
    headerNames: Object.keys(request.headers),
    headers: keptHeaders(request),
    foreignSecrets: findForeign(request, { path: about.path, query }, about.foreignSecret ?? FOREIGN_SECRET),
  };
  calls.push(call);
  if (calls.length > CALLS_MAX) calls.shift();
  return call;
}

function keptHeaders(request: IncomingMessage): Record<string, string> {
  const kept = Object.entries(request.headers).filter(([name]) => KEPT_HEADERS.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, withoutSecrets(String(value))]));
}

function findForeign(request: IncomingMessage, about: { path: string; query: string }, foreign: RegExp): string[] {
  const places = { ...request.headers, path: about.path, query: about.query };
  return Object.entries(places)
    .filter(([, value]) => foreign.test(String(value)))
    .map(([name]) => name);
}

/** Takes anything out that looks like a credential, ours or another's. */
export function withoutSecrets(text: string): string {
  return text.replace(/(saas|vlt)_[a-z]+_[\w-]+|eyJ[\w-]+(\.[\w-]+)+/g, "[redacted]");
}
