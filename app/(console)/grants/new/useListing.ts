import { useState, useTransition } from "react";
import { IDLE } from "@/app/_ui/formState";
import type { ResourceKindSummary } from "@/lib/connections/list";
import type { ListedResources } from "@/lib/connections/listResources";
import type { Resource } from "@/lib/connectors/listing";
import { list } from "./listAction";

/** What went wrong, and the page where it is put right. */
export interface Trouble {
  readonly sentence: string;
  readonly fix: string | null;
}

export interface Listed {
  readonly known: readonly Resource[];
  /** Nothing has been asked yet. */
  readonly fresh: boolean;
  readonly pending: boolean;
  readonly trouble: Trouble | null;
  /** Whether there is more with this text than is known. */
  mayHaveMore(text: string): boolean;
  /** One request in the person's name. */
  ask(text: string): void;
}

/**
 * Everything that was listed so far. Where the service looks for a text by itself it is asked for that text; where it does not, the list goes
 * on. A list that came to its end is all there is.
 */
export function useListing(connectionId: string, { id: kind, listable }: Pick<ResourceKindSummary, "id" | "listable">): Listed {
  const [known, setKnown] = useState<readonly Resource[]>([]);
  /** By text: what asks for the next page; null when there is none. */
  const [next, setNext] = useState<Readonly<Record<string, string | null>>>({});
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [pending, start] = useTransition();

  function take(text: string, { outcome, resources, sentence, fix, next: after }: ListedResources) {
    setTrouble(outcome === "failed" ? { sentence, fix } : null);
    if (outcome === "failed") return;
    setKnown((before) => [...new Map([...before, ...resources].map((one) => [one.id, one])).values()]);
    setNext((before) => ({ ...before, [text]: after }));
  }
  const askedBy = (text: string) => (listable.searched ? text : "");
  function ask(words: string) {
    const text = askedBy(words);
    const cursor = next[text];
    const form = new FormData();
    for (const [name, value] of Object.entries({ connectionId, kind, text, cursor: cursor ?? "" })) if (value) form.set(name, value);
    start(async () => {
      const answer = await list(IDLE, form).catch(() => null);
      if (answer?.status === "done") take(text, answer.result);
      else setTrouble({ sentence: answer?.status === "refused" ? answer.message : NOT_REACHED, fix: null });
    });
  }
  return {
    known,
    fresh: Object.keys(next).length === 0,
    pending,
    trouble,
    mayHaveMore: (text) => next[""] !== null && next[askedBy(text)] !== null,
    ask,
  };
}

const NOT_REACHED = "Valet could not be reached. Try again, or write the names yourself.";
