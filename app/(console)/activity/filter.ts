import { type ActivityFilter, activityFilter } from "@/lib/activity/list";

type Value = string | string[] | undefined;
export type Search = Readonly<Record<string, Value>>;

/** The names in the address, short enough to type, and the verb's own. */
const NAMES = {
  acting: "acting",
  kind: "kind",
  event: "event",
  decision: "decision",
  person: "personId",
  agent: "agentId",
  connector: "connector",
  connection: "connectionId",
  grant: "grantId",
  run: "runId",
  from: "from",
  to: "to",
} as const;
export type FilterName = keyof typeof NAMES;
export type Shown = Readonly<Partial<Record<FilterName | "everyone", string>>>;

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

export interface ReadFilter {
  /** What the form shows again, and every link keeps. */
  readonly shown: Shown;
  readonly asked: ActivityFilter;
}

/** Reads the address. What makes no sense is left out rather than refused: a link may be old. */
export function readFilter(search: Search, mayAskEveryone: boolean): ReadFilter {
  const shown: Record<string, string> = {};
  const asked: Record<string, unknown> = {};
  for (const [name, verbName] of Object.entries(NAMES)) {
    const value = search[name];
    if (typeof value !== "string" || value === "") continue;
    if (!activityFilter.safeParse({ [verbName]: value }).success) continue;
    shown[name] = value;
    asked[verbName] = name === "to" ? endOfDay(value) : value;
  }
  if (search.everyone === "1" && mayAskEveryone) {
    shown.everyone = "1";
    asked.everyone = true;
  }
  if (typeof search.cursor === "string" && search.cursor.length <= 60) asked.cursor = search.cursor;
  return { shown, asked: asked as ActivityFilter };
}

/** The address of these filters, and of whatever else is to be open. */
export function activityPath(shown: Shown, more: Readonly<Record<string, string | undefined>> = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...shown, ...more })) if (value) query.set(name, value);
  return query.size > 0 ? `/activity?${query}` : "/activity";
}

/** Where the same rows are told as they come in. */
export function livePath(shown: Shown): string {
  return activityPath(shown).replace("/activity", "/activity/live");
}

/** The address of the same rows as a file. */
export function exportPath(shown: Shown, format: string): string {
  const [path, query] = activityPath(shown, { format }).split("?");
  return `${path}/export?${query}`;
}

/** "To" a day means through its end, in UTC. */
function endOfDay(value: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(value) ? new Date(Date.parse(value) + DAY_MILLISECONDS).toISOString() : value;
}
