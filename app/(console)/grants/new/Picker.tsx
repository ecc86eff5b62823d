"use client";

import { Check } from "lucide-react";
import Link from "next/link";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { Button, buttonClass } from "@/app/_ui/Button";
import { cx } from "@/app/_ui/cx";
import { CONTROL } from "@/app/_ui/Field";
import { Notice } from "@/app/_ui/Notice";
import { hasWords } from "@/lib/connectors/hasWords";
import type { Resource } from "@/lib/connectors/listing";
import { Named } from "./Named";
import { moved } from "./picking";
import type { Listed } from "./useListing";

interface Props {
  readonly listing: Listed;
  /** "repositories" */
  readonly noun: string;
  readonly connectorName: string;
  readonly isChosen: (id: string) => boolean;
  readonly count: number;
  /** How many one grant can be kept to. */
  readonly most: number;
  readonly toggle: (id: string) => void;
  readonly close: () => void;
}

/** Search and tick: a combobox over a list of which several may be chosen, by the pattern of the ARIA guide. The focus stays in the field. */
export function Picker({ listing, noun, connectorName, isChosen, count, most, toggle, close }: Props) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  useEffect(() => field.current?.focus(), []);
  const text = typed.trim();
  const found = listing.known.filter((one) => hasWords(one, text));
  const here = found[Math.min(at, found.length - 1)];
  const optionId = (one: Resource) => `${id}-${found.indexOf(one)}`;

  function type(value: string) {
    setTyped(value);
    setAt(0);
  }
  function onKey(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    const next = moved(event.key, at, found.length);
    if (next !== null) setAt(next);
    // Enter would send the whole form.
    else if (event.key === "Enter") choose(here);
    else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
  }
  function choose(one: Resource | undefined) {
    if (one) toggle(one.id);
  }
  function leave() {
    if (typed === "") close();
    else type("");
  }

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-2 rounded-xl border bg-surface p-3">
      <input
        ref={field}
        role="combobox"
        aria-label={`Search ${noun}`}
        aria-expanded={found.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={here ? optionId(here) : undefined}
        aria-autocomplete="list"
        aria-describedby={`${id}-keys`}
        autoComplete="off"
        spellCheck={false}
        placeholder={`Search ${noun}`}
        value={typed}
        onChange={(event) => type(event.target.value)}
        onKeyDown={onKey}
        className={CONTROL}
      />
      {listing.trouble ? <Failed {...listing.trouble} /> : null}
      {listing.pending && listing.known.length === 0 ? <Rows /> : null}
      <div
        id={`${id}-list`}
        role="listbox"
        aria-multiselectable="true"
        aria-label={`${noun} at ${connectorName}`}
        tabIndex={-1}
        className={cx("max-h-72 scroll-py-1 overflow-y-auto", found.length === 0 && "hidden")}
      >
        {found.map((one) => (
          <Option key={one.id} id={optionId(one)} one={one} here={one === here} chosen={isChosen(one.id)} choose={() => toggle(one.id)} />
        ))}
      </div>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p role="status" className="text-sm text-muted">
          {said({ listing, noun, connectorName, found: found.length, text, count, most })}
        </p>
        {listing.mayHaveMore(text) && !listing.pending ? (
          <Button look="quiet" onClick={() => listing.ask(text)}>
            {moreWords(listing, text)}
          </Button>
        ) : null}
      </div>
      <p id={`${id}-keys`} className="text-xs text-faint max-md:hidden">
        Arrows move, Enter chooses, Esc closes
      </p>
    </div>
  );
}

function moreWords({ trouble, fresh }: Listed, text: string): string {
  if (trouble || fresh) return "Try again";
  return text === "" ? "Show more" : `Look further for “${text}”`;
}

interface Said {
  readonly listing: Listed;
  readonly noun: string;
  readonly connectorName: string;
  readonly found: number;
  readonly text: string;
  readonly count: number;
  readonly most: number;
}

function said({ listing, noun, connectorName, found, text, count, most }: Said): string {
  if (listing.pending) return `Asking ${connectorName}…`;
  if (count > most) return `${count} chosen: a grant can be kept to ${most} at most.`;
  if (listing.fresh) return "";
  const some = listing.mayHaveMore("") ? " so far" : "";
  const shown = text === "" ? `${found} ${noun}${some}` : `${found} of ${listing.known.length} ${noun}${some} have “${text}”`;
  return `${shown}, ${count} chosen`;
}

interface OptionProps {
  readonly id: string;
  readonly one: Resource;
  /** Where the keys are. */
  readonly here: boolean;
  readonly chosen: boolean;
  readonly choose: () => void;
}

function Option({ id, one, here, chosen, choose }: OptionProps) {
  useEffect(() => {
    if (here) document.getElementById(id)?.scrollIntoView({ block: "nearest" });
  }, [here, id]);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field, which names what is chosen
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field takes the keys
    <div
      id={id}
      role="option"
      aria-selected={chosen}
      className={cx(
        "flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2.5 py-1 hover:bg-sunken max-md:min-h-11",
        here && "bg-sunken outline-2 -outline-offset-2 outline-ink",
      )}
      onMouseDown={(event) => event.preventDefault()}
      onClick={choose}
    >
      <span
        className={cx("grid size-4 shrink-0 place-items-center rounded-sm border border-line-strong", chosen && "bg-action text-on-action")}
      >
        {chosen ? <Check aria-hidden="true" className="size-3.5" /> : null}
      </span>
      <Named {...one} />
    </div>
  );
}

function Failed({ sentence, fix }: { readonly sentence: string; readonly fix: string | null }) {
  const action = fix ? (
    <Link href={fix} className={buttonClass()}>
      Go to the account
    </Link>
  ) : null;
  return (
    <Notice tone="warn" role="alert" action={action}>
      {sentence}
    </Notice>
  );
}

const WIDTHS = ["w-1/2", "w-2/3", "w-5/12", "w-7/12"];

/** The shape of a list that is under way. */
function Rows() {
  return (
    <div aria-hidden="true" className="grid gap-1 motion-safe:animate-pulse">
      {WIDTHS.map((width) => (
        <div key={width} className="flex min-h-9 items-center gap-2.5 px-2.5">
          <div className="size-4 rounded-sm bg-sunken" />
          <div className={cx("h-3.5 rounded-sm bg-sunken", width)} />
        </div>
      ))}
    </div>
  );
}
