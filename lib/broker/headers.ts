import type { Connector } from "../connectors/connector";
import { tokenHeaders } from "../connectors/tokenHeaders";
import { Fields, type HeaderFields } from "../net/message";
import { matchPath } from "../policy/path";
import { readablePacking } from "./answerBody";

/** Meant for one hop only (RFC 9110 section 7.6.1), besides whatever the `connection` header names. */
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
];

/** The caller's own credentials and traces, and what would let them speak as somebody else or with another method. */
const NEVER_UP = new Set([
  ...HOP_BY_HOP,
  "authorization",
  "dpop",
  "cookie",
  "host",
  "forwarded",
  "via",
  "x-real-ip",
  "baggage",
  "traceparent",
  "tracestate",
  "x-http-method",
  "x-http-method-override",
  "x-method-override",
  "as-user",
  "dropbox-api-select-user",
  "dropbox-api-select-admin",
  "stripe-account",
  "x-on-behalf-of",
  "x-api-key",
  "x-github-otp",
  "stripe-context",
  "x-shopify-access-token",
  "x-goog-api-key",
  "x-goog-iam-authorization-token",
  "x-goog-iam-authority-selector",
  "x-original-url",
  "x-rewrite-url",
  "from",
  "sudo",
  "private-token",
  "job-token",
]);
const NEVER_UP_PREFIXES = ["x-forwarded-", "x-valet-", "valet-", "x-middleware-", "cf-", "sec-", "x-goog-user-project"];

/** What no header field may hold (RFC 9110 section 5.5), and Node sends nothing with. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;

const NEVER_DOWN = new Set([
  ...HOP_BY_HOP,
  "dpop-nonce",
  "set-cookie",
  "set-cookie2",
  "strict-transport-security",
  "alt-svc",
  "clear-site-data",
  "access-control-allow-origin",
]);

/** What of a caller's headers goes to the SaaS. The account's token is added by the gateway, from nowhere else. */
export function upstreamHeaders(given: HeaderFields, accessToken: string, connector: Connector): Record<string, string> {
  const named = new Set(
    (given.get("connection") ?? "")
      .toLowerCase()
      .split(",")
      .map((name) => name.trim()),
  );
  const headers: Record<string, string> = lowerCased(connector.headers ?? {});
  for (const [name, value] of given) {
    const dropped = NEVER_UP.has(name) || named.has(name) || NEVER_UP_PREFIXES.some((prefix) => name.startsWith(prefix));
    if (!dropped) headers[name] = value;
  }
  if (connector.api.bodyLinks) headers["accept-encoding"] = readablePacking(headers["accept-encoding"]);
  return { ...headers, "user-agent": headers["user-agent"] ?? "valet", ...tokenHeaders(connector, accessToken) };
}

/** A caller's headers without those that carry their own token, under whatever name: nothing of Valet's goes to a SaaS. */
export function withoutOwnToken(given: HeaderFields, ownToken: string | null): HeaderFields {
  if (!ownToken) return given;
  return new Headers([...given].filter(([name, value]) => name === "authorization" || !value.includes(ownToken)));
}

/**
 * What of the SaaS's headers goes to the caller. Links and redirects within the SaaS's API lead back through the gateway.
 *
 * @param asked the path of the call, as it was sent.
 */
export function downstreamHeaders(
  given: Record<string, string | string[] | undefined>,
  { baseUrl, linkSpellings = [] }: Connector["api"],
  gatewayBase: string,
  asked: string,
): Fields {
  const headers = sendable(given);
  for (const name of ["link", "location", "content-location"]) {
    const value = headers.get(name);
    if (value) headers.set(name, throughGateway(value, baseUrl, gatewayBase));
  }
  const link = headers.get("link");
  if (link && linkSpellings.length > 0) headers.set("link", asItWasAsked(link, gatewayBase, asked, linkSpellings));
  return headers;
}

function sendable(given: Record<string, string | string[] | undefined>): Fields {
  const headers = new Fields();
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || NEVER_DOWN.has(name.toLowerCase())) continue;
    for (const one of Array.isArray(value) ? value : [value]) if (!UNSENDABLE.test(one)) headers.append(name, one);
  }
  return headers;
}

/** The SaaS's headers without those that say the account's token back. */
export function withoutToken<Value>(headers: Record<string, Value>, accessToken: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => !String(value).includes(accessToken)));
}

function throughGateway(text: string, apiBaseUrl: string, gatewayBase: string): string {
  return text.split(`${apiBaseUrl}/`).join(`${gatewayBase}/`);
}

function asItWasAsked(link: string, gatewayBase: string, asked: string, spellings: NonNullable<Connector["api"]["linkSpellings"]>): string {
  return link.replace(/<([^<>?]+)((?:\?[^<>]*)?)>/g, (whole, address: string, query: string) => {
    if (!address.startsWith(`${gatewayBase}/`)) return whole;
    const path = address.slice(gatewayBase.length);
    const isSame = spellings.some(([inLinks, inRules]) => {
      const rest = below(inLinks, path);
      return rest !== null && rest === below(inRules, asked);
    });
    return isSame ? `<${gatewayBase}${asked}${query}>` : whole;
  });
}

/** What follows a template of whole segments in a path; null when the path does not begin so. */
function below(template: string, path: string): string | null {
  const count = template.split("/").length;
  const segments = path.split("/");
  return matchPath(template, segments.slice(0, count).join("/")) ? segments.slice(count).join("/") : null;
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
