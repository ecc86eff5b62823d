import { Readable } from "node:stream";
import type { Credentials, Proved } from "../broker/caller";
import { Refusal } from "../errors";
import type { HeaderFields, Incoming } from "../net/message";
import { asNode } from "../net/nodeStreams";
import { FORM_PARAMETERS_MAX, SMALL_BODY_BYTES_MAX } from "./wireLimits";

/** RFC 8693 section 2.1: these two may come several times. */
const REPEATABLE = new Set(["resource", "audience"]);

/** Reads a body of at most 64 KiB as text. A packed one is not unpacked, however small it is. */
export async function readSmallBody({ headers, body }: Pick<Incoming, "headers" | "body">): Promise<string> {
  refusePacked(headers);
  if (Number(headers.get("content-length") ?? 0) > SMALL_BODY_BYTES_MAX) throw tooLarge();
  return body ? collect(body instanceof Readable ? body : asNode(body)) : "";
}

/** Whoever is refused in the middle is still answered: leaving the body does not end the connection. */
function collect(body: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    const pieces: Uint8Array[] = [];
    let size = 0;
    const settle = (then: () => void) => {
      body.off("data", take).off("end", end).off("error", breakOff).off("close", breakOff);
      body.on("error", () => undefined).pause();
      then();
    };
    const take = (piece: Uint8Array) => {
      pieces.push(piece);
      size += piece.length;
      if (size > SMALL_BODY_BYTES_MAX) settle(() => reject(tooLarge()));
    };
    const end = () => settle(() => resolve(Buffer.concat(pieces).toString("utf8")));
    const breakOff = (cause?: unknown) => settle(() => reject(brokenOff(cause)));
    body.on("data", take).on("end", end).on("error", breakOff).on("close", breakOff);
    if (body.destroyed && !body.readableEnded) breakOff(body.errored);
  });
}

function tooLarge(): Refusal {
  return new Refusal("too_large", "The body may have 64 KiB at most.");
}

/** Whoever sent half of it is gone, which is no fault of ours nor of the database. */
function brokenOff(cause: unknown): Refusal {
  return new Refusal("invalid_request", "The body broke off. Send it again.", { reason: "body_broken_off", cause });
}

/** What is packed small may be large: nothing that is sent here needs packing. */
function refusePacked(headers: HeaderFields): void {
  if ((headers.get("content-encoding") ?? "identity").trim().toLowerCase() === "identity") return;
  throw new Refusal("invalid_request", "Send the body as it is, without Content-Encoding.", { reason: "content_encoding" });
}

/** An OAuth form: no parameter twice, an empty one counts as absent (RFC 6749 section 3.2). */
export async function readForm(request: Pick<Incoming, "headers" | "body">): Promise<URLSearchParams> {
  return parseForm(await readFormText(request));
}

/** The same before its parameters are looked at. */
export async function readFormText(request: Pick<Incoming, "headers" | "body">): Promise<string> {
  const type = request.headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") {
    throw new Refusal("invalid_request", "Send the parameters as application/x-www-form-urlencoded in the body.", {
      reason: "content_type",
    });
  }
  return readSmallBody(request);
}

export function parseForm(text: string): URLSearchParams {
  const given = new URLSearchParams(text);
  if (given.size > FORM_PARAMETERS_MAX)
    throw new Refusal("invalid_request", `A form may have ${FORM_PARAMETERS_MAX} parameters at most.`, { reason: "too_many_parameters" });
  const form = new URLSearchParams();
  for (const [name, value] of given) {
    if (value === "") continue;
    if (form.has(name) && !REPEATABLE.has(name))
      throw new Refusal("invalid_request", "A parameter was sent twice. Send each once.", { reason: "parameter_doubled" });
    form.append(name, value);
  }
  return form;
}

/**
 * Exactly one way to prove oneself (RFC 6749 section 2.3): HTTP Basic, the body, an assertion, or a person's bearer token.
 *
 * @param proved of the request's WireContext: counts whoever they turn out to be.
 */
export function readCredentials(headers: HeaderFields, form: URLSearchParams, proved?: Proved): Credentials {
  return { ...readShown(headers, form), ...(proved ? { proved } : {}) };
}

function readShown(headers: HeaderFields, form: URLSearchParams): Credentials {
  const authorization = headers.get("authorization");
  const clientId = form.get("client_id");
  const clientSecret = form.get("client_secret");
  const asserting = form.has("client_assertion") || form.has("client_assertion_type");
  if ([authorization !== null, clientSecret !== null, asserting].filter(Boolean).length > 1) {
    throw new Refusal(
      "invalid_request",
      "Prove yourself in one way only: the Authorization header, client_secret in the body, or client_assertion in the body.",
      { reason: "two_credentials" },
    );
  }
  if (asserting) return readAssertionOf(form, clientId);
  if (authorization) return readAuthorization(authorization, clientId);
  if (clientId && clientSecret) return { kind: "client_secret", clientId, clientSecret };
  return { kind: "none" };
}

/** `client_assertion_type` (RFC 7521 section 4.2), by what comes after the registered prefix. */
const ASSERTION_TYPES = {
  "urn:ietf:params:oauth:client-assertion-type:jwt-bearer": "jwt-bearer",
  "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe": "jwt-spiffe",
} as const;

function readAssertionOf(form: URLSearchParams, clientId: string | null): Credentials {
  const [given, assertion] = [needed(form, "client_assertion_type"), needed(form, "client_assertion")];
  if (!Object.hasOwn(ASSERTION_TYPES, given)) {
    throw new Refusal("invalid_client", `client_assertion_type must be ${Object.keys(ASSERTION_TYPES).join(" or ")}.`, {
      reason: "client_assertion_type_unknown",
    });
  }
  return { kind: "assertion", type: ASSERTION_TYPES[given as keyof typeof ASSERTION_TYPES], assertion, clientId };
}

/** An `Authorization` header as credentials. */
export function readAuthorization(authorization: string, clientIdInBody: string | null): Credentials {
  const [scheme = "", value = ""] = authorization.split(/ +(.*)/s, 2);
  if (scheme.toLowerCase() === "bearer") return { kind: "bearer", token: value };
  if (scheme.toLowerCase() !== "basic") return { kind: "none" };
  const basic = readBasic(value);
  if (basic && clientIdInBody && clientIdInBody !== basic.clientId) {
    throw new Refusal("invalid_request", "client_id in the body is not the one in the Authorization header.", { reason: "two_client_ids" });
  }
  return basic ?? { kind: "none" };
}

/** RFC 6749 section 2.3.1: both halves are form-encoded before they are joined. */
function readBasic(value: string): Extract<Credentials, { kind: "client_secret" }> | null {
  const text = Buffer.from(value, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 1) return null;
  try {
    const [clientId, clientSecret] = [text.slice(0, colon), text.slice(colon + 1)].map((part) =>
      decodeURIComponent(part.replace(/\+/g, " ")),
    );
    return clientId && clientSecret ? { kind: "client_secret", clientId, clientSecret } : null;
  } catch {
    return null;
  }
}

/** @throws Refusal `invalid_request` when it is not there. */
export function needed(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (!value) throw new Refusal("invalid_request", `${name} is missing.`, { reason: `${name}_missing` });
  return value;
}
