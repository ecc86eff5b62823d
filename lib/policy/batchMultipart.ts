import type { Batch } from "../connectors/beyondScopes";
import type { BatchUnreadable, ReadBatch } from "./batch";
import type { Call, CallBody } from "./call";
import { areHarmlessHeaders, asMethod, asTarget } from "./members";

const BOUNDARY = /^multipart\/mixed\s*;\s*boundary=(?:"([\w'()+,./:=?-]{1,70})"|([\w'+./-]{1,70}))\s*(?:;\s*charset="?utf-8"?\s*)?$/i;
const HEADER = /^([A-Za-z0-9-]+):[ \t]*((?:[\x21-\x7e][\x20-\x7e]*)?)$/;
const PART_HEADERS = new Set(["content-type", "content-id", "content-transfer-encoding", "mime-version"]);

/**
 * Google: `multipart/mixed`, each part one HTTP request (`application/http`). Parsers differ over lines, folds and boundaries
 * (RFC 2046 section 5.1), so it has to be plain: a text in which the boundary stands where a part begins or all ends, and nowhere else.
 */
export function readMultipart(batch: Batch, _call: Call, body: CallBody): ReadBatch | BatchUnreadable {
  const [, quoted, bare] = BOUNDARY.exec(body.contentType ?? "") ?? [];
  const boundary = quoted ?? bare;
  if (!boundary) return { unreadable: "Send it as multipart/mixed with a boundary of ordinary characters." };
  const parts = splitParts(body.text, boundary);
  if (!parts) return { unreadable: "Let the boundary stand alone on its line before each part and after the last, and nowhere else." };
  const calls = parts.map((part) => readPart(batch, part));
  const at = calls.indexOf(null) + 1;
  if (at > 0)
    return {
      unreadable: `Part ${at} is not one plain HTTP request to this API. Give it a path without a host, and no headers that say who calls or how.`,
    };
  return { calls: calls as Call[] };
}

/** Each part as its lines, with their ends. */
function splitParts(text: string, boundary: string): string[][] | null {
  if (/\r(?!\n)|\0/.test(text)) return null;
  const lines = text.split(/(?<=\n)/);
  const [open, close] = [`--${boundary}`, `--${boundary}--`];
  const marks = lines.flatMap((line, index) => (bare(line) === open || bare(line) === close ? [index] : []));
  if (text.split(open).length - 1 !== marks.length || lines.filter((line) => bare(line) === close).length !== 1) return null;
  const last = marks.at(-1) ?? -1;
  const around = [...lines.slice(0, marks[0] ?? 0), ...lines.slice(last + 1)];
  if (bare(lines[last] ?? "") !== close || around.some((line) => bare(line) !== "")) return null;
  return marks.slice(0, -1).map((from, index) => lines.slice(from + 1, marks[index + 1]));
}

function bare(line: string): string {
  return line.replace(/\r?\n$/, "");
}

/** Headers of the part, an empty line, the request line, its headers, an empty line, its body. */
function readPart({ prefix = "/" }: Batch, lines: readonly string[]): Call | null {
  const outer = readHeaders(lines);
  if (!outer || !isHttpPart(outer.headers)) return null;
  const [, verb, url] = /^([A-Z]+) (\S+)(?: HTTP\/1\.1)?$/.exec(bare(outer.rest[0] ?? "")) ?? [];
  const method = asMethod(verb);
  const target = asTarget(url);
  const inner = readHeaders(outer.rest.slice(1));
  if (!method || !target?.path.startsWith(prefix) || !inner || !areHarmlessHeaders(Object.fromEntries(inner.headers))) return null;
  const whole = inner.rest.join("");
  const text = withoutEmptyLines(whole);
  const bodyless = method === "GET" || method === "DELETE";
  if ((bodyless && text !== "") || !isWholeBody(inner.headers.get("content-length"), text, whole)) return null;
  const body = text === "" ? null : { contentType: inner.headers.get("content-type") ?? null, text };
  return { method, path: target.path, query: target.query, body };
}

function withoutEmptyLines(text: string): string {
  let end = text.length;
  while (text[end - 1] === "\n" || text[end - 1] === "\r") end -= 1;
  return text.slice(0, end);
}

function isHttpPart(headers: ReadonlyMap<string, string>): boolean {
  const encoding = headers.get("content-transfer-encoding") ?? "binary";
  const known = [...headers.keys()].every((name) => PART_HEADERS.has(name));
  return (
    known &&
    /^application\/http\s*(;\s*msgtype=request\s*)?$/i.test(headers.get("content-type") ?? "") &&
    /^(binary|7bit|8bit)$/i.test(encoding)
  );
}

/** Null when a header is folded, doubled or not one. Without an empty line, everything is headers. */
function readHeaders(lines: readonly string[]): { headers: Map<string, string>; rest: string[] } | null {
  const empty = lines.findIndex((line) => bare(line) === "");
  const end = empty < 0 ? lines.length : empty;
  const headers = new Map<string, string>();
  for (const line of lines.slice(0, end)) {
    const [, name, value] = HEADER.exec(bare(line)) ?? [];
    if (name === undefined || value === undefined || headers.has(name.toLowerCase())) return null;
    headers.set(name.toLowerCase(), value.trim());
  }
  return { headers, rest: lines.slice(end + 1) };
}

/** A length that ends the body early would leave a second request behind it. Only empty lines may be left. */
function isWholeBody(length: string | undefined, text: string, whole: string): boolean {
  if (length === undefined) return true;
  return /^\d{1,7}$/.test(length) && Number(length) >= Buffer.byteLength(text) && Number(length) <= Buffer.byteLength(whole);
}
