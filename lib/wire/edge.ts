/**
 * What the process itself answers before, or instead of, a page: pure, so that it can be tried without a socket.
 */

const CHANGES_NOTHING = new Set(["GET", "HEAD", "OPTIONS"]);
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Whether a request that may change something comes from a page of this Valet, by the browser's own word: browsers put `Origin` on every
 * POST, and no page can make them lie. Without one it is refused. Next compares `Origin` with `Host`, which a name that was pointed here
 * satisfies; this compares it with the address that an operator gave.
 */
export function isFromOwnPage(publicUrl: string, method: string, origin: string | undefined): boolean {
  if (CHANGES_NOTHING.has(method)) return true;
  if (origin === undefined || !URL.canParse(origin)) return false;
  const [own, from] = [new URL(publicUrl), new URL(origin)];
  if (own.protocol !== from.protocol || own.port !== from.port) return false;
  return own.hostname === from.hostname || (LOOPBACK.has(own.hostname) && LOOPBACK.has(from.hostname));
}

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** Browsers come by TLS alone from now on, where that is how Valet is reached (RFC 6797). */
export function transportHeaders(publicUrl: string): Record<string, string> {
  return publicUrl.startsWith("https:") ? { "strict-transport-security": `max-age=${YEAR_SECONDS}` } : {};
}

const WORDS = {
  400: ["malformed", "This request is not whole, or says something twice, so it was not read."],
  403: ["foreign_origin", "This was not sent by a page of this Valet, so nothing was done."],
  405: ["method", "This address does not take that."],
  408: ["too_slow", "This request did not come to its end in time, so nothing was done."],
  413: ["too_large", "This is more than any page of this Valet sends."],
  414: ["too_long", "This address is too long."],
  431: ["too_many_headers", "This request has too many header fields."],
  500: ["server_error", "Something went wrong on our side. Look whether it was done before you try again."],
} as const;
export type EdgeStatus = keyof typeof WORDS;

export interface BareAnswer {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** A code, a sentence, one thing to do, and the request's number: for whoever meets it in a browser. */
export function bareAnswer(status: EdgeStatus, publicUrl: string, requestId: string): BareAnswer {
  const [code, sentence] = WORDS[status];
  const body = `${code}\n\n${sentence}\nOpen ${publicUrl}/ and try again from there. If it stays, tell your admin this number: ${requestId}\n`;
  return {
    body,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "content-length": String(Buffer.byteLength(body)),
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      connection: "close",
    },
  };
}
