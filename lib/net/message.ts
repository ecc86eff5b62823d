import type { EventEmitter } from "node:events";
import { Readable } from "node:stream";
import { text as textOf } from "node:stream/consumers";
import { asWeb } from "./nodeStreams";

/** What is read of header fields: the web platform's `Headers` are such, and so is a lighter kind of ours. Names in lower case. */
export interface HeaderFields extends Iterable<[string, string]> {
  get(name: string): string | null;
  has(name: string): boolean;
}

/** The same, to be added to. */
export interface NewHeaderFields extends HeaderFields {
  set(name: string, value: string): void;
}

/** A body that can be read once, piece by piece. */
export type BodyStream = ReadableStream<Uint8Array> | Readable;

/** What is needed of a request: the web platform's `Request` is one. Making one of those costs more than answering most of them. */
export interface Incoming {
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderFields;
  readonly body: BodyStream | null;
  /** Tells that the caller has left. */
  readonly signal: Leaving;
}

/** As `undici` takes either: an emitter tells `abort`, and is `aborted` from then on. A signal of the web platform costs a tenth of a whole call. */
export type Leaving = AbortSignal | (EventEmitter & { readonly aborted: boolean });

/** What is needed of an answer: the web platform's `Response` is one. */
export interface Answer {
  readonly status: number;
  readonly headers: NewHeaderFields;
  readonly body: BodyStream | null;
  text(): Promise<string>;
  json(): Promise<unknown>;
}

/** Header fields of an answer, by their names in lower case. */
export class Fields implements NewHeaderFields {
  readonly #fields: Map<string, string>;

  constructor(fields: Readonly<Record<string, string>> = {}) {
    this.#fields = new Map(Object.entries(fields));
  }

  get(name: string): string | null {
    return this.#fields.get(name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.#fields.has(name.toLowerCase());
  }

  set(name: string, value: string): void {
    this.#fields.set(name.toLowerCase(), value);
  }

  /** Another value beside one that is there (RFC 9110 section 5.3). */
  append(name: string, value: string): void {
    const before = this.get(name);
    this.set(name, before === null ? value : `${before}, ${value}`);
  }

  delete(name: string): void {
    this.#fields.delete(name.toLowerCase());
  }

  [Symbol.iterator](): Iterator<[string, string]> {
    return this.#fields[Symbol.iterator]();
  }
}

/** What streams past, as it came. */
export class StreamAnswer implements Answer {
  constructor(
    readonly body: Readable | null,
    readonly status: number,
    readonly headers: Fields,
  ) {}

  async text(): Promise<string> {
    return this.body ? textOf(this.body) : "";
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }
}

/** One JSON document of our own, which is there whole. */
export class JsonAnswer implements Answer {
  readonly headers: Fields;

  constructor(
    readonly document: object,
    readonly status: number,
    headers: Fields | Readonly<Record<string, string>>,
  ) {
    this.headers = headers instanceof Fields ? headers : new Fields(headers);
    if (!this.headers.has("content-type")) this.headers.set("content-type", "application/json");
  }

  /** The same with another status, and other members. */
  but(status: number, members: object = {}): JsonAnswer {
    return new JsonAnswer({ ...this.document, ...members }, status, this.headers);
  }

  get whole(): string {
    return JSON.stringify(this.document);
  }

  get body(): Readable {
    return Readable.from([Buffer.from(this.whole)]);
  }

  async text(): Promise<string> {
    return this.whole;
  }

  async json(): Promise<unknown> {
    return JSON.parse(this.whole);
  }
}

/** The same as the web platform has it, for hosts that want that. */
export function asResponse({ status, headers, body }: Answer): Response {
  return new Response(body instanceof Readable ? asWeb(body) : body, { status, headers: [...headers] });
}
