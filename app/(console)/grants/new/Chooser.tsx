"use client";

import { ListChecks, X } from "lucide-react";
import { useId, useRef, useState, useSyncExternalStore } from "react";
import { Button } from "@/app/_ui/Button";
import { CONTROL } from "@/app/_ui/Field";
import type { ResourceKindSummary } from "@/lib/connections/list";
import type { Resource } from "@/lib/connectors/listing";
import { readNames } from "./draftBounds";
import { nounOf } from "./kindWords";
import { Named } from "./Named";
import { Picker } from "./Picker";
import { useListing } from "./useListing";

interface Props {
  readonly connectionId: string;
  readonly connectorName: string;
  readonly kind: ResourceKindSummary;
  /** The name of the field that is sent. */
  readonly field: string;
  readonly begin: string;
  /** How many one grant can be kept to. */
  readonly most: number;
}

/**
 * Which ones: chosen from a list, or written. The text field is the truth and is what is sent; the list writes into it and takes out of it,
 * so what was written by hand stays, and without scripts writing is all there is.
 */
export function Chooser({ connectionId, connectorName, kind, field, begin, most }: Props) {
  const id = useId();
  const [text, setText] = useState(begin);
  const [open, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const listing = useListing(connectionId, kind);
  const alive = useAlive();
  const key = (name: string) => (kind.caseless ? name.toLowerCase() : name);
  const names = readNames(text);
  const chosen = new Set(names.map(key));

  const setNames = (next: readonly string[]) => setText(next.join("\n"));
  const toggle = (one: string) => setNames(chosen.has(key(one)) ? names.filter((name) => key(name) !== key(one)) : [...names, one]);
  function show() {
    setOpen(!open);
    if (!open && listing.fresh) listing.ask("");
  }
  function close() {
    setOpen(false);
    opener.current?.focus();
  }

  const { note } = kind.listable;
  const noun = nounOf(kind.label);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <Chips label={`Chosen ${noun}`} names={names} known={listing.known} remove={alive ? toggle : null} after={opener} />
      {note === null ? (
        <div className="noscript:hidden">
          <Button ref={opener} onClick={show} disabled={!alive} aria-expanded={open} aria-controls={`${id}-picker`}>
            <ListChecks aria-hidden="true" />
            {open ? "Close the list" : `Choose from ${connectorName}`}
          </Button>
        </div>
      ) : null}
      <div id={`${id}-picker`} hidden={!open}>
        {open ? (
          <Picker
            {...{ listing, noun, connectorName, toggle, close, most }}
            isChosen={(one) => chosen.has(key(one))}
            count={names.length}
          />
        ) : null}
      </div>
      <div className="grid gap-1">
        <label htmlFor={`${id}-text`} className="text-sm font-medium">
          {kind.label}
        </label>
        <textarea
          id={`${id}-text`}
          name={field}
          rows={3}
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder={kind.example}
          spellCheck={false}
          aria-describedby={`${id}-hint`}
          className={CONTROL}
        />
        <p id={`${id}-hint`} className="text-sm text-muted">
          {note} One per line, written as {kind.example}.
        </p>
      </div>
    </div>
  );
}

interface ChipsProps {
  readonly label: string;
  readonly names: readonly string[];
  readonly known: readonly Resource[];
  /** Null before scripts are there. */
  readonly remove: ((name: string) => void) | null;
  /** Where the focus goes when the last one is gone. */
  readonly after: React.RefObject<HTMLElement | null>;
}

/** What is chosen so far, each with the name that people know where that was listed. */
function Chips({ label, names, known, remove, after }: ChipsProps) {
  const list = useRef<HTMLUListElement>(null);
  if (names.length === 0) return null;
  function drop(name: string, index: number) {
    const buttons = [...(list.current?.querySelectorAll("button") ?? [])];
    (buttons[index + 1] ?? buttons[index - 1] ?? after.current)?.focus();
    remove?.(name);
  }
  return (
    <ul ref={list} aria-label={label} className="flex flex-wrap gap-2">
      {names.map((name, index) => (
        <li key={name} className="flex max-w-full min-w-0 items-center gap-1.5 rounded-md border bg-sunken py-0.5 pr-0.5 pl-2.5 text-sm">
          <Named id={name} label={known.find((one) => one.id === name)?.label ?? name} />
          <button
            type="button"
            disabled={remove === null}
            onClick={() => drop(name, index)}
            aria-label={`Remove ${name}`}
            className="grid size-7 shrink-0 place-items-center rounded-md text-muted hover:bg-surface hover:text-ink max-md:size-10"
          >
            <X aria-hidden="true" className="size-4" />
          </button>
        </li>
      ))}
    </ul>
  );
}

const never = () => () => undefined;

/** Whether scripts are there: what needs them is not offered before. */
function useAlive(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
