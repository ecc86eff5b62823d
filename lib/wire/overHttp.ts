import { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Core } from "../ctx";
import { newRequestId } from "../ids";
import { type Answer, type HeaderFields, type Incoming, JsonAnswer, type Leaving } from "../net/message";
import { asNode } from "../net/nodeStreams";
import { answerRequest } from "./router";

/**
 * Answers one request to a broker path over `node:http`. The client's leaving aborts the work upstream; an answer that breaks
 * off at the SaaS breaks off here.
 *
 * @param target the request target as it came over the wire.
 */
export async function answerOverHttp(core: Core, request: IncomingMessage, response: ServerResponse, target: string): Promise<void> {
  const asked = new AskedOverHttp(request, core.settings.publicUrl + target);
  // An answer that was given whole is no leaving: nothing is under way any more that could be stopped.
  const ends: (() => void)[] = [() => void (response.writableFinished || asked.leave())];
  response.on("close", () => ends.map((then) => then()));
  const atEnd = (then: () => void) => void ends.push(then);
  const wire = { requestId: newRequestId(), address: addressOf(core, request), atEnd };
  const answered = await answerRequest(core, asked, wire, target);
  // Told already that it was too slow: what it came to is nobody's.
  if (response.headersSent) return drop(answered);
  response.writeHead(answered.status, [...answered.headers].flat());
  if (answered instanceof JsonAnswer) return void response.end(answered.whole);
  const { body } = answered;
  if (!body) return void response.end();
  const readable = body instanceof Readable ? body : asNode(body);
  await pipeline(readable, response).catch((error: unknown) => {
    if (!asked.hasLeft) core.log.warn("answer.cut", { requestId: wire.requestId, name: error instanceof Error ? error.name : "unknown" });
  });
}

function drop({ body }: Answer): void {
  if (body instanceof Readable) body.destroy();
  else void body?.cancel();
}

/** A request of Node's as the broker reads it, made of it only as far as somebody reads. */
class AskedOverHttp implements Incoming {
  readonly method: string;
  readonly headers: HeaderFields;
  readonly body: Readable | null;
  #leaving: (EventEmitter & { aborted: boolean }) | null = null;

  constructor(
    request: IncomingMessage,
    readonly url: string,
  ) {
    this.method = request.method ?? "GET";
    this.headers = new HeadersOverHttp(request.headers);
    this.body = hasBody(request) ? request : null;
  }

  get signal(): Leaving {
    this.#leaving ??= Object.assign(new EventEmitter(), { aborted: this.hasLeft });
    return this.#leaving;
  }

  hasLeft = false;
  leave(): void {
    this.hasLeft = true;
    if (!this.#leaving) return;
    this.#leaving.aborted = true;
    this.#leaving.emit("abort");
  }
}

function hasBody({ method, headers }: IncomingMessage): boolean {
  if (method === "GET" || method === "HEAD" || headers["content-length"] === "0") return false;
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}

class HeadersOverHttp implements HeaderFields {
  constructor(private readonly fields: IncomingMessage["headers"]) {}

  get(name: string): string | null {
    const lower = name.toLowerCase();
    const value = Object.hasOwn(this.fields, lower) ? this.fields[lower] : undefined;
    return Array.isArray(value) ? value.join(", ") : (value ?? null);
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  *[Symbol.iterator](): Iterator<[string, string]> {
    for (const name of Object.keys(this.fields)) {
      const value = this.get(name);
      if (value !== null) yield [name, value];
    }
  }
}

/** The caller's network address. What a proxy says is believed only where the operator says that there is one. */
export function addressOf(core: Pick<Core, "settings">, request: IncomingMessage): string {
  const forwarded = core.settings.behindProxy
    ? String(request.headers["x-forwarded-for"] ?? "")
        .split(",")
        .at(-1)
        ?.trim()
    : undefined;
  return forwarded || (request.socket.remoteAddress ?? "");
}
