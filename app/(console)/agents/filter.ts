import { type AgentStanding, type DirectoryFilter, PARTS, type Part, STANDINGS } from "@/lib/agents/directory";

export type Search = Readonly<Record<string, string | string[] | undefined>>;

const PAGE_MAX = 1_000_000;

/** What the address asks for; anything that is no answer to its question is as if it were not there. */
export function readFilter(search: Search, scope: "related" | "all" = "related"): DirectoryFilter {
  const one = (name: string) => (typeof search[name] === "string" && search[name] !== "" ? search[name] : undefined);
  const page = Number(one("page"));
  return {
    scope,
    part: PARTS.find((part) => part === one("part")),
    standing: STANDINGS.find((standing) => standing === one("status")),
    connector: one("connector")?.slice(0, 60),
    text: one("q")?.replaceAll("\0", "").trim().slice(0, 100) || undefined,
    page: Number.isSafeInteger(page) && page > 0 && page <= PAGE_MAX ? page : 1,
  };
}

/** The address of the list with this filter; what is left as it is by default stays out of it. */
export function filterHref({ scope, part, standing, connector, text, page }: DirectoryFilter): string {
  const path = scope === "all" ? "/admin/agents" : "/agents";
  const asked = { part, status: standing, connector, q: text, page: page && page > 1 ? String(page) : undefined };
  const query = new URLSearchParams(Object.entries(asked).filter((pair): pair is [string, string] => Boolean(pair[1])));
  return query.size > 0 ? `${path}?${query}` : path;
}

export const PART_WORDS: Record<Part, string> = { mine: "Yours", second: "Second owner", lent: "Lent to", sponsored: "Sponsored" };
export const STANDING_WORDS: Record<AgentStanding, string> = { active: "Active", paused: "Paused", orphaned: "No active owner" };
