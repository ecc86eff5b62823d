"use client";

import { ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";

interface Props {
  /** What opening it shows. */
  readonly summary: ReactNode;
  readonly children: ReactNode;
  readonly open?: boolean;
}

/** Something that most readers need not see. Opens without scripts; `open` is only how it starts. */
export function Disclosure({ summary, children, open }: Props) {
  const [start] = useState(open);
  return (
    <details className="group" open={start}>
      <summary className="inline-flex min-h-8 items-center gap-1 rounded-md text-sm font-medium text-muted hover:text-ink">
        <ChevronRight className="size-4 group-open:rotate-90" aria-hidden="true" />
        <span>{summary}</span>
      </summary>
      <div className="pt-3">{children}</div>
    </details>
  );
}
