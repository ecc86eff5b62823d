import { readFilter, type Search, type Shown } from "@/lib/activity/address";
import { CHANGE_EVENTS } from "@/lib/activity/events";
import type { ActivityFilter } from "@/lib/activity/list";

export type { Search };

/** "grant", "agent", ...: what changes are about, as the events name it. */
export const NOUNS = [...new Set(CHANGE_EVENTS.map((event) => event.split(".")[0] as string))].sort();

const NAMES = ["about", "by", "text", "decision", "since", "from", "to"] as const;
type Name = (typeof NAMES)[number];
/** What the page shows, as its address says it. `by`: a person, an agent, or "valet" itself. */
export type AuditShown = Readonly<Partial<Record<Name, string>>>;

export interface AuditFilter {
  readonly shown: AuditShown;
  /** The same for Activity's address and its files. */
  readonly activity: Shown;
  readonly asked: ActivityFilter;
}

/** Reads the address of the audit. What makes no sense is left out rather than refused: a link may be old. */
export function readAudit(search: Search, now: Date): AuditFilter {
  const about = NOUNS.find((one) => one === search.about);
  const by = whoseHand(search.by);
  const read = readFilter(
    {
      ...pick(search, ["text", "decision", "since", "from", "to", "cursor"]),
      ...by,
      kind: "change",
      everyone: "1",
      ...(about ? { noun: about } : {}),
    },
    { mayAskEveryone: true, now },
  );
  const { text, decision, since, from, to } = read.shown;
  const all = { about, by: by && (search.by as string), text, decision, since, from, to };
  const shown = Object.fromEntries(Object.entries(all).filter(([, value]) => value)) as AuditShown;
  return { shown, activity: read.shown, asked: read.asked };
}

export function auditPath(shown: AuditShown, more: Readonly<Record<string, string | undefined>> = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...shown, ...more })) if (value) query.set(name, value);
  return query.size > 0 ? `/admin/audit?${query}` : "/admin/audit";
}

/** Who changed something, not whom it concerns: a person in person, an agent by itself. */
function whoseHand(by: Search[string]): Search | null {
  if (by === "valet") return { acting: "system" };
  if (typeof by !== "string" || by.length > 60) return null;
  if (by.startsWith("per_")) return { acting: "person", person: by };
  return by.startsWith("agt_") ? { acting: "agent", agent: by } : null;
}

function pick(search: Search, names: readonly string[]): Search {
  return Object.fromEntries(names.map((name) => [name, search[name]]));
}
