import { type CallBody, isJson } from "./call";
import { readStrictJson } from "./jsonKeys";

export type Members = Readonly<Record<string, unknown>>;

/** Headers that a call inside a batch may bring: none of them says who calls, for whom, or by which method. */
const HEADERS = new Set([
  "accept",
  "accept-language",
  "consistencylevel",
  "content-id",
  "content-length",
  "content-type",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-unmodified-since",
  "prefer",
]);
const METHODS = new Set(["GET", "POST", "PUT", "PATCH", "DELETE"]);

/** Something that was read, or why it was not. */
export type Read<Value> = { readonly value: Value } | { readonly unreadable: string };

/** The JSON of a body that every parser reads alike. */
export function strictJson(body: CallBody): Read<unknown> {
  if (!isJson(body)) return { unreadable: "Send it as application/json in UTF-8." };
  const value = readStrictJson(body.text);
  return value === undefined ? { unreadable: "Send valid JSON, each member once, without nesting it deeply." } : { value };
}

/** An object of nothing but these members. */
export function asMembers(value: unknown, ...allowed: string[]): Members | null {
  if (!isObject(value) || Object.keys(value).some((key) => !allowed.includes(key))) return null;
  return value;
}

export function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A method in capitals, if it is one that the gateway forwards. */
export function asMethod(value: unknown): string | null {
  const method = typeof value === "string" ? value.toUpperCase() : "";
  return METHODS.has(method) ? method : null;
}

export function areHarmlessHeaders(value: unknown): boolean {
  if (value === undefined) return true;
  return isObject(value) && Object.entries(value).every(([name, one]) => HEADERS.has(name.toLowerCase()) && typeof one === "string");
}

/** An address inside: its path and its query. Null for one with a host, and for one that is filled in only when it is run. */
export function asTarget(value: unknown): { readonly path: string; readonly query: string } | null {
  if (typeof value !== "string" || !value.startsWith("/") || value.startsWith("//") || /[{}\\#\s]/.test(value)) return null;
  const mark = value.indexOf("?");
  return mark < 0 ? { path: value, query: "" } : { path: value.slice(0, mark), query: value.slice(mark + 1) };
}

/** What a call inside would have as its body, for those who look for a resource in it. */
export function asBody(value: unknown): CallBody | null {
  if (value === undefined || value === null) return null;
  return { contentType: isObject(value) ? "application/json" : null, text: JSON.stringify(value) };
}
