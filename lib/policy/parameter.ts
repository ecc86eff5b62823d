import { type Call, type CallBody, isForm, isJson } from "./call";
import { readStrictJson } from "./jsonKeys";

/** More than one value, or one that servers may read in different ways. */
export const UNCLEAR = Symbol("unclear");

/**
 * The value of a parameter of a call, wherever it stands: null when it is nowhere, `UNCLEAR` when it stands in more than one
 * place, comes twice, in another spelling or as a list, or in a body that was not read or cannot be.
 */
export function readParameter(call: Call, name: string): string | null | typeof UNCLEAR {
  const entries = [...entriesOf(call.query ?? ""), ...bodyEntries(call)];
  const mine = entries.filter(([key]) => plain(key) === plain(name));
  const [only, ...others] = mine;
  if (entries.some(([, value]) => value === UNCLEAR)) return UNCLEAR;
  if (!only) return null;
  return others.length > 0 || only[0] !== name ? UNCLEAR : only[1];
}

type Entry = readonly [key: string, value: string | typeof UNCLEAR];

function bodyEntries(call: Call): Entry[] {
  if (call.method === "GET" || call.method === "HEAD" || call.body === null) return [];
  if (call.body === undefined) return [["", UNCLEAR]];
  if (call.body.text === "") return [];
  if (isForm(call.body)) return entriesOf(call.body.text);
  return isJson(call.body) ? jsonEntries(call.body) : [["", UNCLEAR]];
}

/** Some servers part parameters at semicolons as well: read so, a hidden one is seen. */
function entriesOf(text: string): Entry[] {
  return [...new URLSearchParams(text.replaceAll(";", "&"))];
}

function jsonEntries(body: CallBody): Entry[] {
  const value = readStrictJson(body.text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [["", UNCLEAR]];
  return Object.entries(value).map(([key, one]) => [key, typeof one === "string" || typeof one === "number" ? String(one) : ""]);
}

/** How the most forgiving server would spell it: `channel`, `Channel`, `channel[]` and `channel[0]` are one. */
function plain(key: string): string {
  return key.replace(/\[.*$/s, "").trim().toLowerCase();
}
