import { type ActivityFilter, activityFilter } from "./list";

type Value = string | string[] | undefined;
export type Search = Readonly<Record<string, Value>>;

/** The names in the address, short enough to type, and the verb's own. */
const NAMES = {
  text: "text",
  acting: "acting",
  kind: "kind",
  event: "event",
  noun: "noun",
  decision: "decision",
  person: "personId",
  agent: "agentId",
  connector: "connector",
  pattern: "pattern",
  connection: "connectionId",
  grant: "grantId",
  run: "runId",
} as const;
export type FilterName = keyof typeof NAMES | "since" | "from" | "to";
export type Shown = Readonly<Partial<Record<FilterName | "everyone", string>>>;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The time up to now, in milliseconds: what a kept address means anew each day. */
const SPANS: Readonly<Record<string, number>> = { "1h": HOUR, "24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY };

export interface Reading {
  /** Admins and auditors may ask for everybody's. */
  readonly mayAskEveryone: boolean;
  readonly now: Date;
}

export interface ReadFilter {
  /** What a form shows again, and every link keeps. */
  readonly shown: Shown;
  readonly asked: ActivityFilter;
}

/** Reads the address of a list of activity. What makes no sense is left out rather than refused: a link may be old. */
export function readFilter(search: Search, { mayAskEveryone, now }: Reading): ReadFilter {
  const shown: Record<string, string> = {};
  const asked: Record<string, unknown> = {};
  for (const [name, verbName] of Object.entries(NAMES)) {
    const value = search[name];
    if (typeof value !== "string" || value === "") continue;
    const read = activityFilter.safeParse({ [verbName]: value });
    if (!read.success) continue;
    shown[name] = value.trim();
    asked[verbName] = value.trim();
  }
  Object.assign(shown, readTime(search));
  Object.assign(asked, timeOf(shown, now));
  if (search.everyone === "1" && mayAskEveryone) {
    shown.everyone = "1";
    asked.everyone = true;
  }
  if (typeof search.cursor === "string" && search.cursor.length <= 60) asked.cursor = search.cursor;
  return { shown, asked: asked as ActivityFilter };
}

/** The query of these filters, and of whatever else is to be open: always in the same order. */
export function queryOf(shown: Shown, more: Readonly<Record<string, string | undefined>> = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...shown, ...more })) if (value) query.set(name, value);
  return query.toString();
}

/** A query without anything that is not a filter. */
export function tidyQuery(query: string, reading: Reading): string {
  return queryOf(readFilter(Object.fromEntries(new URLSearchParams(query)), reading).shown);
}

/** Fixed ends come before a span up to now. */
function readTime(search: Search): Shown {
  const [from, to] = [readMoment(search.from), readMoment(search.to)];
  if (from || to) return { ...(from ? { from } : {}), ...(to ? { to } : {}) };
  const { since } = search;
  return typeof since === "string" && Object.hasOwn(SPANS, since) ? { since } : {};
}

const MOMENT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z?)?$/;

/** A day stays a day; a time is one in UTC, as short as it can be written. */
function readMoment(value: Value): string | undefined {
  if (typeof value !== "string" || !MOMENT.test(value)) return undefined;
  const moment = new Date(value.length > 10 && !value.endsWith("Z") ? `${value}Z` : value);
  if (!activityFilter.shape.from.safeParse(moment).success) return undefined;
  return value.length === 10 ? value : shortTime(moment);
}

/** "2026-11-25T10:00Z": a moment in an address. */
export function shortTime(moment: Date): string {
  return moment.toISOString().replace(/(:00)?\.000Z$/, "Z");
}

function timeOf({ since, from, to }: Shown, now: Date): { from?: string; to?: string } {
  const span = since === undefined ? undefined : SPANS[since];
  if (span !== undefined) return { from: new Date(now.getTime() - span).toISOString() };
  return { ...(from ? { from: beginOf(from).toISOString() } : {}), ...(to ? { to: endOf(to).toISOString() } : {}) };
}

/** The moment that "from" means. */
export function beginOf(from: string): Date {
  return new Date(from);
}

/** The moment that "to" means: of a day its end. */
export function endOf(to: string): Date {
  return new Date(Date.parse(to) + (to.length === 10 ? DAY : 0));
}
