"use client";

import { useRouter } from "next/navigation";
import { type KeyboardEvent, useEffect, useId, useState, useTransition } from "react";
import { cx } from "./cx";
import { Dialog } from "./Dialog";
import type { Deeds } from "./Keyboard";
import { type Entry, findEntries, grouped } from "./palette";

interface Props {
  readonly places: readonly { readonly href: string; readonly words: string }[];
  readonly deeds: Deeds;
  readonly close: () => void;
  readonly showKeys: () => void;
}

const DO: readonly Entry[] = [
  { id: "new-grant", group: "Do", words: "New grant", href: "/grants/new" },
  { id: "register", group: "Do", words: "Register an agent", href: "/agents/new" },
  { id: "connect", group: "Do", words: "Connect an account", href: "/connections/new" },
  { id: "theme=light", group: "Do", words: "Light colours", more: "theme" },
  { id: "theme=dark", group: "Do", words: "Dark colours", more: "theme" },
  { id: "theme=system", group: "Do", words: "Colours of the system", more: "theme" },
  { id: "density=comfortable", group: "Do", words: "Comfortable density" },
  { id: "density=compact", group: "Do", words: "Compact density" },
  { id: "keys", group: "Do", words: "Show the keys", more: "shortcuts" },
  { id: "sign-out", group: "Do", words: "Sign out" },
];

/** Search and jump: a combobox over a list, by the pattern of the ARIA guide. */
export function Palette({ places, deeds, close, showKeys }: Props) {
  const id = useId();
  const router = useRouter();
  const [, start] = useTransition();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const own = useOwn();
  const pages = places.map(({ href, words }) => ({ id: href, group: "Pages", words, href }));
  const groups = grouped(findEntries([...pages, ...own.entries, ...DO], typed));
  const found = groups.flatMap(([, entries]) => entries);
  const here = found[Math.min(at, found.length - 1)];

  function choose(entry: Entry | undefined) {
    if (!entry) return;
    if (entry.id === "keys") return showKeys();
    close();
    if (entry.href) router.push(entry.href);
    else start(() => act(entry.id, deeds));
  }
  function onKey(event: KeyboardEvent) {
    const next = moved(event.key, at, found.length);
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") choose(here);
    else if (next !== null) setAt(next);
    else return;
    event.preventDefault();
  }

  return (
    <Dialog label="Search or jump" close={close} className="mx-auto mt-[12vh] mb-auto w-[min(36rem,calc(100vw-2rem))] overflow-hidden p-0">
      <input
        role="combobox"
        aria-label="Search or jump"
        aria-expanded={found.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={here ? `${id}-${here.id}` : undefined}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        placeholder="A page, an agent, an account, something to do"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKey}
        className="w-full border-b bg-surface px-4 py-3.5 text-md outline-none placeholder:text-faint"
      />
      <div id={`${id}-list`} role="listbox" aria-label="Found" className="max-h-[min(24rem,60vh)] scroll-py-2 overflow-y-auto p-2">
        {groups.map(([group, entries], index) => (
          // biome-ignore lint/a11y/useSemanticElements: a group of options, not of fields
          <div key={group} role="group" aria-labelledby={`${id}-group-${index}`}>
            <span id={`${id}-group-${index}`} role="presentation" className="block px-2.5 pt-2 pb-1 text-xs font-medium text-faint">
              {group}
            </span>
            {entries.map((entry) => (
              <Option key={entry.id} id={`${id}-${entry.id}`} entry={entry} here={entry === here} choose={() => choose(entry)} />
            ))}
          </div>
        ))}
      </div>
      <p role="status" className="border-t px-4 py-2 text-xs text-muted">
        {sayFound(found.length, own.state)}
      </p>
    </Dialog>
  );
}

interface OptionProps {
  readonly id: string;
  readonly entry: Entry;
  readonly here: boolean;
  readonly choose: () => void;
}

function Option({ id, entry, here, choose }: OptionProps) {
  useEffect(() => {
    if (here) document.getElementById(id)?.scrollIntoView({ block: "nearest" });
  }, [here, id]);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field, which names what is chosen
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field takes the keys
    <div
      id={id}
      role="option"
      aria-selected={here}
      className={cx(
        "flex min-h-8 cursor-pointer items-center gap-2 rounded-md px-2.5 py-1 hover:bg-sunken max-md:min-h-11",
        here && "bg-sunken outline-2 -outline-offset-2 outline-ink",
      )}
      onClick={choose}
    >
      <span className="truncate">{entry.words}</span>
      {entry.more ? <span className="min-w-0 flex-1 truncate text-right text-sm text-muted">{entry.more}</span> : null}
    </div>
  );
}

type Reading = "reading" | "read" | "unread";

/** What this person has, read once when the palette opens. Without it the palette still leads to the pages. */
function useOwn(): { readonly entries: readonly Entry[]; readonly state: Reading } {
  const [entries, setEntries] = useState<readonly Entry[]>([]);
  const [state, setState] = useState<Reading>("reading");
  useEffect(() => {
    const gone = new AbortController();
    fetch("/palette", { signal: gone.signal })
      .then(async (answer) => {
        if (!answer.ok) throw new Error("not read");
        setEntries(await answer.json());
        setState("read");
      })
      .catch(() => gone.signal.aborted || setState("unread"));
    return () => gone.abort();
  }, []);
  return { entries, state };
}

function sayFound(count: number, state: Reading): string {
  if (state === "unread") return "Your agents, accounts and grants could not be read. Close this and open it again.";
  if (state === "reading") return "Reading what is yours";
  return count === 0 ? "Nothing of yours has these words." : "Arrows move, Enter opens, Esc closes";
}

function moved(key: string, at: number, count: number): number | null {
  if (count === 0) return null;
  if (key === "ArrowDown") return (at + 1) % count;
  if (key === "ArrowUp") return (at + count - 1) % count;
  return null;
}

async function act(id: string, { signOut, setTheme, setDensity }: Deeds): Promise<void> {
  if (id === "sign-out") return signOut();
  const [name = "", value = ""] = id.split("=");
  const form = new FormData();
  form.set(name, value);
  return name === "theme" ? setTheme(form) : setDensity(form);
}
