import type { ReactNode } from "react";

interface Props {
  readonly code: string;
  readonly title: string;
  readonly children: ReactNode;
  readonly action: ReactNode;
}

/** A page that could not be what was asked for: a code, a sentence, one thing to do. */
export function Problem({ code, title, children, action }: Props) {
  return (
    <div className="grid justify-items-start gap-3 py-10">
      <p className="font-mono text-sm text-faint">{code}</p>
      <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
      <p className="max-w-xl text-muted">{children}</p>
      <div className="mt-2">{action}</div>
    </div>
  );
}
