/** One line of the palette. What it does is an address, or the name of something that the palette itself can do. */
export interface Entry {
  readonly id: string;
  readonly group: string;
  readonly words: string;
  /** What tells two of the same name apart. */
  readonly more?: string;
  readonly href?: string;
}

const SHOWN_MAX = 30;

/** The entries that hold every word of what was typed, those that begin with it first; all of them in their order where nothing was. */
export function findEntries(entries: readonly Entry[], typed: string): Entry[] {
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const found = entries.map((entry) => ({ entry, score: scoreOf(entry, wanted) })).filter(({ score }) => score > 0);
  return found
    .sort((a, b) => b.score - a.score)
    .slice(0, SHOWN_MAX)
    .map(({ entry }) => entry);
}

/** The same under their groups, each where its best entry stands. */
export function grouped(entries: readonly Entry[]): [group: string, entries: Entry[]][] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) groups.set(entry.group, [...(groups.get(entry.group) ?? []), entry]);
  return [...groups];
}

function scoreOf({ words, more = "", group }: Entry, wanted: readonly string[]): number {
  const name = words.toLowerCase();
  const all = `${name} ${more.toLowerCase()} ${group.toLowerCase()}`;
  if (!wanted.every((word) => all.includes(word))) return 0;
  const [first = ""] = wanted;
  if (name.startsWith(first)) return 3;
  return name.split(/\W+/).some((word) => word.startsWith(first)) ? 2 : 1;
}
