import { ChevronLeft } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

interface Props {
  readonly title: string;
  /** The one question this page answers, answered. */
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly mark?: ReactNode;
  readonly back?: { readonly href: string; readonly label: string };
}

export function PageHeader({ title, lead, actions, mark, back }: Props) {
  return (
    <header className="grid gap-2">
      {back ? (
        <Link
          href={back.href}
          className="-ml-1 inline-flex min-h-6 items-center gap-0.5 justify-self-start text-sm text-muted hover:text-ink"
        >
          <ChevronLeft className="size-4" aria-hidden="true" />
          {back.label}
        </Link>
      ) : null}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="flex min-w-0 items-start gap-3">
          {mark}
          <div className="min-w-0">
            <h1 className="text-xl font-semibold tracking-tight break-words">{title}</h1>
            {lead ? <div className="max-w-2xl text-muted">{lead}</div> : null}
          </div>
        </div>
        {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
      </div>
    </header>
  );
}
