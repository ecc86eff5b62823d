import type { Incoming, NewHeaderFields } from "../net/message";

/** What a page of another origin may do at a path: ask, and nothing with this browser's cookies. */
interface Open {
  readonly methods: string;
}

const PATHS: Readonly<Record<string, Open>> = {
  "/oauth/jwks": { methods: "GET" },
  "/oauth/token": { methods: "POST" },
  "/oauth/revoke": { methods: "POST" },
};
/** Metadata: public by nature. */
const WELL_KNOWN: Open = { methods: "GET" };
const ASKED_HEADERS = "authorization, content-type, dpop, traceparent, baggage";
const SHOWN_HEADERS = "WWW-Authenticate, DPoP-Nonce, RateLimit-Policy, RateLimit, Retry-After, Valet-Request-Id";
const PREFLIGHT_SECONDS = 600;

/**
 * The answer to a browser's preflight; null for any other request, and for paths that no other origin has business with: the
 * REST API, the gateway, introspection and pages.
 */
export function preflight(request: Incoming, path: string): Response | null {
  const open = openTo(path);
  if (!open || request.method !== "OPTIONS") return null;
  if (!request.headers.has("origin") || !request.headers.has("access-control-request-method")) return null;
  const headers = new Headers({
    "access-control-allow-methods": open.methods,
    "access-control-allow-headers": ASKED_HEADERS,
    "access-control-max-age": String(PREFLIGHT_SECONDS),
  });
  return new Response(null, { status: 204, headers });
}

/**
 * Lets browser-based clients and inspectors of any origin read the answer. Never with credentials: a browser then adds nothing
 * of its own, so a page can show only what it already has.
 */
export function shareAnswer(path: string, headers: NewHeaderFields): void {
  if (!openTo(path)) return;
  headers.set("access-control-allow-origin", "*");
  headers.set("access-control-expose-headers", SHOWN_HEADERS);
}

function openTo(path: string): Open | undefined {
  if (path.startsWith("/.well-known/")) return WELL_KNOWN;
  return Object.hasOwn(PATHS, path) ? PATHS[path] : undefined;
}
