"use client";

import { Minus, Plus } from "lucide-react";
import { type FormEvent, type ReactNode, useState } from "react";
import { listInWords } from "@/app/_ui/words";
import { differenceOf } from "./difference";

export interface Choices {
  /** Words of every permission, by name. */
  readonly labels: Readonly<Record<string, string>>;
  readonly held: readonly string[];
  readonly brings: Readonly<Record<string, readonly string[]>>;
  readonly always: readonly string[];
  readonly grants: readonly { readonly id: string; readonly agentName: string; readonly scopes: readonly string[] }[];
}

/** Around the choice of permissions: says what would come and go, and which agents would lose what, as soon as a box is ticked. */
export function Difference({ choices, children }: { readonly choices: Choices; readonly children: ReactNode }) {
  const [ticked, setTicked] = useState<readonly string[] | null>(null);
  const read = (event: FormEvent<HTMLDivElement>) => {
    const boxes = event.currentTarget.querySelectorAll<HTMLInputElement>("input[type=checkbox]:checked");
    setTicked([...boxes].map(({ value }) => value));
  };
  return (
    <div onChange={read} className="grid gap-4">
      {children}
      <div role="status">{ticked ? <Words choices={choices} ticked={ticked} /> : null}</div>
    </div>
  );
}

function Words({ choices, ticked }: { readonly choices: Choices; readonly ticked: readonly string[] }) {
  const { added, givenUp } = differenceOf({ ...choices, ticked });
  if (added.length + givenUp.length === 0) return <p className="text-muted">The same permissions as now.</p>;
  const words = (names: readonly string[]) => listInWords(names.map((name) => choices.labels[name] ?? name));
  const losing = choices.grants
    .map((grant) => ({ ...grant, lost: grant.scopes.filter((name) => givenUp.includes(name)) }))
    .filter(({ lost }) => lost.length > 0);
  return (
    <ul className="grid gap-1.5 rounded-lg border bg-sunken px-3.5 py-2.5">
      {added.length > 0 ? (
        <Line icon={<Plus className="mt-0.5 size-4 shrink-0 text-ok" aria-hidden="true" />}>
          You give more: {words(added)}. No agent gains from it.
        </Line>
      ) : null}
      {givenUp.length > 0 ? (
        <Line icon={<Minus className="mt-0.5 size-4 shrink-0 text-danger" aria-hidden="true" />}>You take back: {words(givenUp)}.</Line>
      ) : null}
      {losing.map(({ id, agentName, lost }) => (
        <Line key={id} icon={<Minus className="mt-0.5 size-4 shrink-0 text-danger" aria-hidden="true" />}>
          {agentName} loses: {words(lost)}.
        </Line>
      ))}
    </ul>
  );
}

function Line({ icon, children }: { readonly icon: ReactNode; readonly children: ReactNode }) {
  return (
    <li className="flex items-start gap-2">
      {icon}
      <span className="min-w-0 break-words">{children}</span>
    </li>
  );
}
