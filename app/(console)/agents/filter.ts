import { type AgentStanding, type DirectoryFilter, PARTS, type Part, STANDINGS } from "@/lib/agents/directory";

export type Search = Readonly<Record<string, string | string[] | undefined>>;

/** What the address asks for; anything that is no answer to its question is as if it were not there. */
export function readFilter(search: Search): DirectoryFilter {
  const one = (name: string) => (typeof search[name] === "string" && search[name] !== "" ? search[name] : undefined);
  const page = Number(one("page"));
  return {
    part: PARTS.find((part) => part === one("part")),
    standing: STANDINGS.find((standing) => standing === one("status")),
    connector: one("connector"),
    text: one("q"),
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
  };
}

/** The address of the list with this filter; what is left as it is by default stays out of it. */
export function filterHref({ part, standing, connector, text, page }: DirectoryFilter): string {
  const asked = { part, status: standing, connector, q: text, page: page && page > 1 ? String(page) : undefined };
  const query = new URLSearchParams(Object.entries(asked).filter((pair): pair is [string, string] => Boolean(pair[1])));
  return query.size > 0 ? `/agents?${query}` : "/agents";
}

export const PART_WORDS: Record<Part, string> = { mine: "Yours", second: "Second owner", lent: "Lent to", sponsored: "Sponsored" };
export const STANDING_WORDS: Record<AgentStanding, string> = { active: "Active", paused: "Paused", orphaned: "No active owner" };
