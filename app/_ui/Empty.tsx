import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

interface Props {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}

/** A list with nothing in it yet: why, and what to do first. */
export function Empty({ icon: Icon, title, children, action }: Props) {
  return (
    <div className="grid justify-items-center gap-2 rounded-xl border border-dashed border-line-strong px-6 py-10 text-center">
      <Icon className="size-6 text-faint" aria-hidden="true" />
      <p className="font-medium">{title}</p>
      <p className="max-w-md text-muted">{children}</p>
      {action ? <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  );
}
