"use client";

import { KeyRound } from "lucide-react";
import type { ReactNode } from "react";
import { CopyButton } from "./CopyButton";

export interface SecretLine {
  readonly label: string;
  readonly value: string;
}

interface Props {
  readonly title: string;
  readonly lines: readonly SecretLine[];
  readonly children: ReactNode;
  /** Where to go when it is stored. */
  readonly next?: ReactNode;
}

/** Shows a secret the one time it exists in the clear. It is the answer to an action, so no address and no later page holds it. */
export function Secret({ title, lines, children, next }: Props) {
  return (
    <section role="status" aria-label={title} className="grid gap-3 rounded-xl border border-warn/40 bg-warn-soft p-4">
      <div className="flex items-start gap-2.5">
        <KeyRound className="mt-0.5 size-4 shrink-0 text-warn" aria-hidden="true" />
        <div className="min-w-0">
          <p className="font-semibold">{title}</p>
          <div className="text-sm text-muted">{children}</div>
        </div>
      </div>
      {lines.map((line) => (
        <div key={line.label} className="grid gap-1">
          <span className="text-sm font-medium">{line.label}</span>
          <div className="flex flex-wrap items-center gap-2">
            <code
              className="min-w-0 flex-1 basis-56 rounded-md border border-line bg-surface px-2.5 py-1.5 font-mono text-sm break-all select-all"
              data-secret={line.label}
            >
              {line.value}
            </code>
            <CopyButton text={line.value} what={line.label.toLowerCase()} />
          </div>
        </div>
      ))}
      {next ? <div className="flex flex-wrap gap-2">{next}</div> : null}
    </section>
  );
}
