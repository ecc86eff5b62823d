import { Readable } from "node:stream";
import { Refusal } from "../errors";
import type { BodyStream } from "../net/message";
import { asWeb } from "../net/nodeStreams";

const HEADER_BYTES_MAX = 16 * 1024;
const OVERRIDE = /;\s*name\*?\s*=\s*(?:[\w-]*'[\w-]*')?"?_(?:http)?method"?\s*(?:;|$)/im;

/**
 * The boundary of a body with parts (RFC 2046 section 5.1.1), of whatever kind: servers look for form fields in all of them.
 * Null for other types.
 *
 * @throws Refusal `not_allowed` (`form_unreadable`) where the boundary is missing or could be read in two ways.
 */
export function multipartBoundary(contentType: string | null): string | null {
  if (!/^\s*multipart\//i.test(contentType ?? "")) return null;
  const found = [...(contentType ?? "").matchAll(/boundary\s*=\s*(?:"([^"\\]{1,70})"|([^\s;",\\]{1,70}))\s*(?=;|$)/gi)];
  const names = (contentType ?? "").match(/boundary/gi) ?? [];
  const boundary = found[0]?.[1] ?? found[0]?.[2];
  if (boundary === undefined || found.length !== 1 || names.length !== 1)
    throw refused("Say the boundary of the form's parts once, in Content-Type.", "form_unreadable");
  return boundary;
}

/**
 * Passes a form with parts on as it comes, and breaks it off at a part by which some servers take the request for another
 * method (`_method`): the SaaS is left with a body without an end, which it drops. Only the heads of parts are looked at, so
 * a file may hold whatever it likes, and no more than one head is kept.
 */
export function guardMultipart(body: BodyStream, boundary: string): ReadableStream<Uint8Array> {
  const parts = new PartHeads(boundary);
  return (body instanceof Readable ? asWeb(body) : body).pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        parts.read(chunk);
        controller.enqueue(chunk);
      },
    }),
  );
}

/** Finds the head of each part in a body that comes in pieces. */
class PartHeads {
  readonly #mark: string;
  /** Starts as if a line had ended, since the first boundary opens the body. */
  #rest = "\r\n";
  #inHead = false;

  constructor(boundary: string) {
    this.#mark = `\r\n--${boundary}`;
  }

  read(chunk: Uint8Array): void {
    this.#rest += Buffer.from(chunk).toString("latin1");
    while (this.#inHead ? this.#readHead() : this.#skipContent()) {}
  }

  /** Keeps just enough to recognise a boundary that the next piece completes. */
  #skipContent(): boolean {
    const at = this.#rest.indexOf(this.#mark);
    this.#rest = at < 0 ? this.#rest.slice(1 - this.#mark.length) : this.#rest.slice(at + this.#mark.length);
    this.#inHead = at >= 0;
    return this.#inHead;
  }

  #readHead(): boolean {
    const end = this.#rest.search(/\r?\n\r?\n/);
    const head = end < 0 ? this.#rest : this.#rest.slice(0, end);
    if (OVERRIDE.test(head)) throw refused("Send the method you mean: a part of a form may not replace it.", "method_override");
    if (head.length > HEADER_BYTES_MAX) throw refused("Keep the head of each part of a form under 16 KiB.", "form_unreadable");
    if (end < 0) return false;
    // The line's end stays: the next boundary may follow at once.
    this.#rest = this.#rest.slice(end + 2);
    this.#inHead = false;
    return true;
  }
}

function refused(message: string, reason: string): Refusal {
  return new Refusal("not_allowed", message, { reason });
}
