import type { Connector } from "../connectors/connector";
import { Refusal } from "../errors";
import type { BodyStream, HeaderFields } from "../net/message";
import { isCredentialName, isMethodOverride } from "../policy/path";
import { oncePerBody, readBody } from "./body";
import { guardMultipart, multipartBoundary } from "./multipart";

export interface CallBody {
  readonly headers: HeaderFields;
  readonly body: BodyStream | null;
  /** The Valet token of the call: some client packages repeat theirs in the body. */
  readonly bearer: string | null;
}

/**
 * The body as it is forwarded, where the rules did not have to read it. Where it could say that the call is another one, or on
 * another account, it is read first: forms, and at a SaaS that takes tokens in a body every body. A form with parts is looked
 * at as it streams past, everything else only streams.
 */
export function forwardedBody(connector: Connector, call: CallBody): Promise<Forwarded> {
  return call.body ? forwardedOnce(call.body, connector, call) : forwarded(connector, call);
}

type Forwarded = BodyStream | string | null;
const forwardedOnce = oncePerBody((_body, connector: Connector, call: CallBody) => forwarded(connector, call));

async function forwarded(connector: Connector, call: CallBody): Promise<Forwarded> {
  if (isForm(call.headers)) return cleanBody(connector, call, (await readBody(call.headers, call.body)).text);
  const boundary = multipartBoundary(call.headers.get("content-type"));
  if (boundary !== null && !connector.api.tokenParameter) return call.body && guardMultipart(call.body, boundary);
  if (!connector.api.tokenParameter || !call.body) return call.body;
  return cleanBody(connector, call, (await readBody(call.headers, call.body)).text);
}

/** A body that was read, without the caller's own token. Refuses what would make it another call, or one on another account. */
export function cleanBody({ name, api }: Connector, { headers, bearer }: Omit<CallBody, "body">, text: string): string {
  if (isForm(headers)) return cleanForm(text, bearer, api.tokenParameter);
  if (!api.tokenParameter) return text;
  if (typeOf(headers) !== "application/json")
    throw new Refusal("not_allowed", `Send ${name} a form or JSON: Valet reads what it sends there.`, UNREADABLE);
  return refuseTokenIn(text, api.tokenParameter);
}

function isForm(headers: HeaderFields): boolean {
  return typeOf(headers).startsWith("application/x-www-form-urlencoded");
}

function typeOf(headers: HeaderFields): string {
  return (headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

const UNREADABLE = { reason: "body_unreadable" };

/** Some servers let a form say that it is another method (`_method=delete`), or on whose account it is (RFC 6750 section 2.2). */
function cleanForm(text: string, bearer: string | null, tokenParameter: string | undefined): string {
  const pairs = text.split("&");
  const kept = pairs.filter((pair) => bearer === null || readPair(pair).value !== bearer);
  for (const { name } of kept.map(readPair)) {
    if (isMethodOverride(name))
      throw new Refusal("not_allowed", "Send the method you mean: a form may not replace it.", { reason: "method_override" });
    if (isCredentialName(name) || name === tokenParameter) throw credentialInBody();
  }
  return kept.length === pairs.length ? text : kept.join("&");
}

function refuseTokenIn(text: string, tokenParameter: string): string {
  const body = parseObject(text);
  if (Object.keys(body).some((name) => name.toLowerCase() === tokenParameter)) throw credentialInBody();
  return text;
}

function parseObject(text: string): object {
  try {
    const body: unknown = JSON.parse(text || "{}");
    if (typeof body === "object" && body !== null && !Array.isArray(body)) return body;
  } catch {
    // Told below, without a word of it.
  }
  throw new Refusal("not_allowed", "The body is not a JSON object, so it was not sent.", UNREADABLE);
}

function credentialInBody(): Refusal {
  return new Refusal("not_allowed", "Leave tokens out of the body: Valet adds the account's own.", { reason: "credential_in_body" });
}

function readPair(pair: string): { name: string; value: string } {
  const [[name, value] = ["", ""]] = [...new URLSearchParams(pair)];
  return { name: name.trim(), value };
}
