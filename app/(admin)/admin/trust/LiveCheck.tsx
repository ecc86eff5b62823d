"use client";

import { type FormEvent, type ReactNode, useState } from "react";
import { Notice } from "@/app/_ui/Notice";
import { type ConditionsCheck, checkConditions, type IssuerKind } from "@/lib/trust/rules";
import { conditionsOfForm } from "./conditionsOfForm";

interface Props {
  readonly kind: IssuerKind;
  readonly issuer: string;
  readonly children: ReactNode;
}

/** Says while somebody types whether the conditions name one workload. The same check decides when they are sent. */
export function LiveCheck({ kind, issuer, children }: Props) {
  const [check, setCheck] = useState<ConditionsCheck | null>(null);
  const look = ({ currentTarget }: FormEvent<HTMLFieldSetElement>) => {
    const { form } = currentTarget;
    if (form) setCheck(checkConditions(kind, issuer, conditionsOfForm(Object.fromEntries(new FormData(form)))));
  };
  return (
    <fieldset className="grid min-w-0 gap-4" onInput={look}>
      <legend className="mb-2 text-sm font-medium">What its token must say</legend>
      {children}
      <div role="status">{check ? <Told check={check} /> : null}</div>
    </fieldset>
  );
}

function Told({ check: { errors, warnings } }: { readonly check: ConditionsCheck }) {
  if (errors.length > 0)
    return <Sentences tone="danger" title="Too wide, or not complete yet" list={errors.map(({ sentence }) => sentence)} />;
  if (warnings.length > 0) return <Sentences tone="warn" title="This can be kept, and could be narrower" list={warnings} />;
  return <Notice tone="ok">These conditions name one workload.</Notice>;
}

function Sentences({ tone, title, list }: { readonly tone: "danger" | "warn"; readonly title: string; readonly list: readonly string[] }) {
  return (
    <Notice tone={tone} title={title}>
      <ul className="list-disc pl-4">
        {[...new Set(list)].map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </Notice>
  );
}
