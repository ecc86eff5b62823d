import type { ReactNode } from "react";
import { cx } from "./cx";

interface Props {
  readonly children: ReactNode;
  readonly className?: string;
}

/** A surface that holds one thing. */
export function Card({ children, className }: Props) {
  return <div className={cx("rounded-xl border bg-surface shadow-low", className)}>{children}</div>;
}

interface SectionProps extends Props {
  readonly title: string;
  readonly id: string;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
}

/** A part of a page under its own heading; its id is where a link may lead. */
export function Section({ title, id, lead, actions, children, className }: SectionProps) {
  return (
    <section aria-labelledby={id} className={cx("grid grid-cols-[minmax(0,1fr)] content-start gap-3", className)}>
      <div className="flex flex-wrap items-end justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h2 id={id} className="text-md font-semibold tracking-tight">
            {title}
          </h2>
          {lead ? <p className="text-sm text-muted">{lead}</p> : null}
        </div>
        {actions}
      </div>
      {children}
    </section>
  );
}
