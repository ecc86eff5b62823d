import type { ReactNode } from "react";

/** Names and values of one thing. */
export function DataList({ children }: { readonly children: ReactNode }) {
  return <dl className="@container divide-y">{children}</dl>;
}

export function Datum({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="grid items-baseline gap-x-4 gap-y-0.5 px-4 py-datum @md:grid-cols-[9.5rem_minmax(0,1fr)]">
      <dt className="text-sm text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}

/** A raw identifier, for whoever needs it. */
export function Id({ children }: { readonly children: ReactNode }) {
  return <code className="font-mono text-xs break-all text-muted">{children}</code>;
}
