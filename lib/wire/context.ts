import type { Proved } from "../broker/caller";
import type { HeaderFields } from "../net/message";

/** What the edge knows of one request beside the request itself. */
export interface WireContext {
  readonly requestId: string;
  /** The caller's network address, as the server saw it. */
  readonly address: string;
  /**
   * Goes into `readCredentials` at every OAuth endpoint, or is called where a caller is known in another way: whoever proves
   * themselves is counted, and their DPoP proof is spent. The router puts it here.
   */
  readonly proved?: Proved;
  /** Hears who wants to know when the answer has gone, or the caller has. Absent where nobody can tell. */
  readonly atEnd?: (then: () => void) => void;
}

const RUN_ID = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{1,128}$/;

/** The trace id of a valid W3C traceparent; anything else is no trace, and no error. */
export function traceIdOf(headers: HeaderFields): string | undefined {
  const match = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(-|$)/.exec(headers.get("traceparent") ?? "");
  return match && !/^0+$/.test(match[1] as string) ? match[1] : undefined;
}

/** `valet.run_id` of W3C baggage: said by the caller, kept as said. */
export function runIdOf(headers: HeaderFields): string | undefined {
  for (const member of (headers.get("baggage") ?? "").slice(0, 8192).split(",")) {
    const [name, value] = (member.split(";", 1)[0] ?? "").split("=", 2);
    if (name?.trim() === "valet.run_id" && value) return cleanRunId(decode(value.trim()));
  }
  return undefined;
}

/** A run id worth keeping: printable, at most 128 characters. */
export function cleanRunId(text: string | undefined): string | undefined {
  return text !== undefined && RUN_ID.test(text) ? text : undefined;
}

/** The token of an `Authorization: Bearer` (or GitHub's `token`) header; null without one. */
export function bearerOf(headers: HeaderFields): string | null {
  const match = /^(?:bearer|token) +([\x21-\x7e]+)$/i.exec(headers.get("authorization") ?? "");
  return match ? (match[1] as string) : null;
}

/** The token of an `Authorization: DPoP` header (RFC 9449 section 7.1); null without one. */
function dpopTokenOf(headers: HeaderFields): string | null {
  return /^dpop +([\x21-\x7e]+)$/i.exec(headers.get("authorization") ?? "")?.[1] ?? null;
}

/**
 * The Valet token of a gateway call, from wherever this SaaS's client packages put theirs: a bearer, the password of HTTP
 * Basic (API tokens of Jira, Zendesk and their like; the user name says nothing here), or the SaaS's own header.
 */
export function presentedToken(headers: HeaderFields, tokenHeader: string | undefined): string | null {
  const basic = /^basic +([A-Za-z0-9+/_-]+=*)$/i.exec(headers.get("authorization") ?? "")?.[1];
  const password = basic
    ? Buffer.from(basic, "base64")
        .toString("utf8")
        .replace(/^[^:]*:?/, "")
    : null;
  return bearerOf(headers) ?? dpopTokenOf(headers) ?? (password || (tokenHeader ? headers.get(tokenHeader) : null));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
