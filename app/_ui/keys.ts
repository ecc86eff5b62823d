/** Every key that does something on a signed-in page. The listener, its dialog and docs/keyboard.md all read this table. */
export interface Key {
  /** Pressed one after the other. */
  readonly keys: readonly string[];
  readonly words: string;
  readonly does: { readonly go: string } | { readonly show: "palette" | "keys" } | { readonly focus: "filter" };
}

export const KEYS: readonly Key[] = [
  { keys: ["Ctrl K"], words: "Search, or jump anywhere", does: { show: "palette" } },
  { keys: ["g", "h"], words: "Home", does: { go: "/" } },
  { keys: ["g", "c"], words: "Connections", does: { go: "/connections" } },
  { keys: ["g", "a"], words: "Agents", does: { go: "/agents" } },
  { keys: ["g", "g"], words: "Grants", does: { go: "/grants" } },
  { keys: ["g", "v"], words: "Activity", does: { go: "/activity" } },
  { keys: ["g", "r"], words: "Runs", does: { go: "/runs" } },
  { keys: ["/"], words: "The filter of this page", does: { focus: "filter" } },
  { keys: ["?"], words: "These keys", does: { show: "keys" } },
];

/** How long the second key may be after the first. */
const PAIR_MS = 1_500;

export interface Pressed {
  readonly key: string;
  readonly at: number;
}

interface Press extends Pressed {
  readonly ctrl: boolean;
  readonly alt: boolean;
  /** Into something that takes text. */
  readonly typing: boolean;
}

/** What a press means, given the one before it. `Ctrl K` works while typing, nothing else does. */
export function readPress(press: Press, before: Pressed | null): { readonly does: Key["does"] | null; readonly held: Pressed | null } {
  if (press.ctrl) return { does: press.key.toLowerCase() === "k" && !press.alt ? { show: "palette" } : null, held: null };
  if (press.typing || press.alt) return { does: null, held: null };
  const first = before && press.at - before.at <= PAIR_MS ? before.key : null;
  const found = KEYS.find(({ keys }) => (first ? keys.length === 2 && keys[0] === first && keys[1] === press.key : false)) ?? single(press);
  if (found) return { does: found.does, held: null };
  const begins = KEYS.some(({ keys }) => keys.length === 2 && keys[0] === press.key);
  return { does: null, held: begins ? { key: press.key, at: press.at } : null };
}

function single({ key }: Press): Key | undefined {
  return KEYS.find(({ keys }) => keys.length === 1 && keys[0] === key);
}
