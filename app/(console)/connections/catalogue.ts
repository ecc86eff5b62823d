import type { ConnectorStatus } from "@/lib/setups/list";

type Entry = Pick<ConnectorStatus, "id" | "name" | "summary" | "enabled">;

/** The services that answer to every word of a search: the demo first where it is on, then those that are on, each by name. */
export function searchCatalogue<T extends Entry>(list: readonly T[], search: string): T[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = list.filter(({ name, summary }) => words.every((word) => `${name} ${summary}`.toLowerCase().includes(word)));
  return found.sort((left, right) => rank(left) - rank(right) || left.name.localeCompare(right.name, "en"));
}

function rank({ id, enabled }: Entry): number {
  if (!enabled) return 2;
  return id === "demo" ? 0 : 1;
}
