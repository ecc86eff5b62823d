import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const LIB = join(import.meta.dirname, "..");

/** A place in `lib` where a refusal is made. */
interface Site {
  readonly path: string;
  readonly text: string;
  readonly start: number;
  /** `code`, message and options, as written. */
  readonly args: readonly string[];
}

export interface FoundReasons {
  /** By code and reason: the sentence that goes with it, "" where it is put together elsewhere. */
  readonly reasons: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** How many refusals per file have a reason that cannot be read there: it has to be said what it can be. */
  readonly unread: Readonly<Record<string, number>>;
}

/** Every reason that a refusal of `lib` can have, as far as its source says it in so many words. */
export function findReasons(): FoundReasons {
  const reasons: Record<string, Record<string, string>> = {};
  const unread: Record<string, number> = {};
  const add = (code: string, reason: string, sentence: string) => {
    reasons[code] = { ...reasons[code], [reason]: reasons[code]?.[reason] || sentence };
  };
  for (const { path, text } of sources()) {
    for (const [, reason = "", code = "", message = ""] of text.matchAll(TABLED)) add(code, reason, plain(text, text.length, message));
    for (const site of sitesOf(path, text)) if (!readSite(site, add)) unread[path] = (unread[path] ?? 0) + 1;
  }
  return { reasons, unread };
}

/** A row of a table of refusals, by reason. */
const TABLED = /^ {2}(\w+): \{\s*code: "(\w+)",\s*message: ("(?:[^"\\]|\\.)*"|`[^`]*`)/gm;
const LITERAL = /^"(\w+)"$/;

type Add = (code: string, reason: string, sentence: string) => void;

/** Whether all of its reasons could be read. One without a reason of its own has its code for one. */
function readSite(site: Site, add: Add): boolean {
  const [first = "", message = "", options = ""] = site.args;
  const code = LITERAL.exec(first)?.[1];
  const given = reasonIn(options);
  if (code === undefined) return false;
  if (given === undefined) return !options.includes("...") || DETAIL_ALONE.test(options);
  const literal = LITERAL.exec(given)?.[1];
  if (literal === undefined) return given === "reason" && readCallers(site, code, add);
  add(code, literal, plain(site.text, site.start, message));
  return true;
}

/** Options that can be spread in and hold no reason. */
const DETAIL_ALONE = /^\{(\s*\.\.\.\(\w+ \? \{ (detail|kept|fix|facts) \} : \{\}\),?)+\s*\}$/;

/** What `reason` is in the options of a refusal: `"a literal"`, an expression, or `reason` itself. */
function reasonIn(options: string): string | undefined {
  const inside = options.trim().replace(/^\{|\}$/g, "");
  const own = split(inside).map((one) => one.trim());
  const named = own.find((one) => one.startsWith("reason:"));
  return named?.slice("reason:".length).trim() ?? own.find((one) => one === "reason");
}

/** A helper that takes its reason: what the calls of it in this file give. */
function readCallers({ path, text, start }: Site, code: string, add: Add): boolean {
  const helper = [...text.slice(0, start).matchAll(/^(?:export )?function (\w+)\(([^)]*)\)/gm)].at(-1);
  const parameters = split(helper?.[2] ?? "").map((one) => /^\s*(\w+)/.exec(one)?.[1]);
  const [position, message] = [parameters.indexOf("reason"), parameters.findIndex((one) => one === "message" || one === "sentence")];
  if (!helper || position < 0 || text.slice(helper.index, start).includes("\n}\n")) return false;
  const calls = callsOf(text, `${helper[1]}(`).filter(({ index }) => !/function $/.test(text.slice(0, index)));
  const given = calls.map(({ args, index }) => ({ reason: LITERAL.exec(args[position] ?? "")?.[1], words: args[message] ?? "", index }));
  for (const { reason, words, index } of given) if (reason) add(code, reason, plain(text, index, words));
  return given.length > 0 && given.every(({ reason }) => reason !== undefined) && path !== "";
}

function sitesOf(path: string, text: string): Site[] {
  return callsOf(text, "new Refusal(").map(({ args, index }) => ({ path, text, start: index, args }));
}

function callsOf(text: string, opening: string): { readonly args: string[]; readonly index: number }[] {
  const found: { args: string[]; index: number }[] = [];
  for (let at = text.indexOf(opening); at >= 0; at = text.indexOf(opening, at + 1)) {
    if (/\w/.test(text[at - 1] ?? "") && /\w/.test(opening[0] ?? "")) continue;
    const inside = text.slice(at + opening.length, endOf(text, at + opening.length));
    found.push({ args: split(inside).map((one) => one.trim()), index: at });
  }
  return found;
}

const OPENS = "([{";
const CLOSES = ")]}";
const QUOTES = "\"'`";

/** Where the bracket that is open at `from` closes. */
function endOf(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const sign = text[at] as string;
    if (QUOTES.includes(sign)) at = afterQuote(text, at);
    else if (OPENS.includes(sign)) depth++;
    else if (CLOSES.includes(sign) && depth-- === 0) return at;
  }
  return text.length;
}

/** Its last character: of a template whatever is inside. */
function afterQuote(text: string, from: number): number {
  const quote = text[from];
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (quote === "`" && text.startsWith("${", at)) at = endOf(text, at + 2);
    else if (text[at] === quote) return at;
  }
  return text.length;
}

/** By the commas that are in no bracket and no quote. */
function split(text: string): string[] {
  const parts: string[] = [];
  let [begin, depth] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] as string;
    if (QUOTES.includes(sign)) at = afterQuote(text, at);
    else if (OPENS.includes(sign)) depth++;
    else if (CLOSES.includes(sign)) depth--;
    else if (sign === "," && depth === 0) {
      parts.push(text.slice(begin, at));
      begin = at + 1;
    }
  }
  return [...parts, text.slice(begin)].filter((part) => part.trim() !== "");
}

/** A message as its reader sees it; what is filled in is an ellipsis. A name stands for the constant before it. */
function plain(text: string, before: number, message: string): string {
  if (/^\w+$/.test(message)) {
    const constant = [...text.slice(0, before).matchAll(new RegExp(`const ${message} =\\s*`, "g"))].at(-1);
    if (!constant) return "";
    const from = constant.index + constant[0].length;
    return QUOTES.includes(text[from] ?? " ") ? plain(text, before, text.slice(from, afterQuote(text, from) + 1)) : "";
  }
  if (!QUOTES.includes(message[0] ?? " ") || afterQuote(message, 0) !== message.length - 1) return "";
  return withoutFillings(message.slice(1, -1)).replace(/\\(.)/g, "$1");
}

function withoutFillings(text: string): string {
  const at = text.indexOf("${");
  return at < 0 ? text : `${text.slice(0, at)}…${withoutFillings(text.slice(endOf(text, at + 2) + 1))}`;
}

function sources() {
  const paths = readdirSync(LIB, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
  const ours = paths.filter((path) => !path.endsWith(".test.ts") && !/^(testing|generated)\//.test(path)).sort();
  return ours.map((path) => ({ path, text: readFileSync(join(LIB, path), "utf8").replace(/^\s*(\/\/|\*|\/\*).*$/gm, "") }));
}
