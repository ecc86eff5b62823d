import { PEOPLE_HAVE, type PeopleFilter } from "@/lib/people/list";
import { ROLES } from "@/lib/people/rules";

export type Search = Readonly<Record<string, string | string[] | undefined>>;

/** The parts of the list, each a status of the verb's. */
export const PARTS = ["here", "suspended", "removed"] as const;

/** What the list shows, as its address says it. */
export interface Shown {
  readonly part: (typeof PARTS)[number];
  readonly q: string | undefined;
  readonly role: PeopleFilter["role"];
  readonly has: PeopleFilter["has"];
}

/** An odd value filters by nothing: a link may be old. */
export function readShown(search: Search): Shown {
  return {
    part: PARTS.find((one) => one === search.part) ?? "here",
    q: textOf(search.q),
    role: ROLES.find((one) => one === search.role),
    has: PEOPLE_HAVE.find((one) => one === search.has),
  };
}

export function filterOf({ part, q, role, has }: Shown, after: Search[string]): PeopleFilter {
  return { status: part, text: q, role, has, cursor: textOf(after)?.slice(0, 60) };
}

export function pathOf({ part, ...rest }: Partial<Shown>, after?: string): string {
  const query = new URLSearchParams(part && part !== "here" ? { part } : {});
  for (const [name, value] of Object.entries(rest)) if (value) query.set(name, value);
  if (after) query.set("after", after);
  return query.size > 0 ? `/admin/people?${query}` : "/admin/people";
}

export function isFiltered({ q, role, has }: Shown): boolean {
  return [q, role, has].some((one) => one !== undefined);
}

function textOf(value: Search[string]): string | undefined {
  const text = typeof value === "string" ? value.replaceAll("\0", "").trim().slice(0, 80) : "";
  return text === "" ? undefined : text;
}
