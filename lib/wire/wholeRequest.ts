import type { IncomingMessage } from "node:http";
import type { EdgeStatus } from "./edge";
import { HEADER_FIELDS_MAX, PAGE_BODY_BYTES_MAX, TARGET_CHARACTERS_MAX } from "./wireLimits";

export const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
/** Of these a request has one. Node keeps the first of two, a proxy in front may have judged the other. */
const ONCE = new Set(["host", "authorization", "content-type", "content-length", "transfer-encoding", "origin", "cookie"]);

type Head = Pick<IncomingMessage, "method" | "url" | "rawHeaders" | "headers" | "httpVersion">;

/**
 * Why a request is refused before anybody looks at what it wants; null for a good one. What Node's parser refuses by itself (two lengths,
 * a length beside chunks, folded lines, bare line ends) never comes here.
 */
export function whyNotRead({ method = "", url = "/", rawHeaders, headers, httpVersion }: Head): EdgeStatus | null {
  if (!METHODS.has(method) || !url.startsWith("/")) return 405;
  if (url.length > TARGET_CHARACTERS_MAX) return 414;
  if (rawHeaders.length / 2 > HEADER_FIELDS_MAX) return 431;
  // RFC 9112 section 6.1: HTTP/1.0 knows no chunks, so somebody before us may have read another length.
  if (httpVersion !== "1.1" && (httpVersion !== "1.0" || headers["transfer-encoding"] !== undefined)) return 400;
  return namesTwice(rawHeaders) ? 400 : null;
}

function namesTwice(rawHeaders: readonly string[]): boolean {
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? "").toLowerCase();
    if (ONCE.has(name) && seen.has(name)) return true;
    seen.add(name);
  }
  return false;
}

/** Whether a page's body says that it is more than any page of ours sends. */
export function isTooLargeForPage({ headers }: Pick<IncomingMessage, "headers">): boolean {
  return Number(headers["content-length"] ?? 0) > PAGE_BODY_BYTES_MAX;
}
