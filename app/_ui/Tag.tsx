import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "./cx";

interface Props {
  readonly icon: LucideIcon;
  readonly children: ReactNode;
  /** Colours of the ink and the ground; with `outlined`, of the line too. */
  readonly className: string;
  readonly outlined?: boolean;
}

/** A small word with its icon: a state, how far something reaches, whose authority it is. The word says it, colour comes last. */
export function Tag({ icon: Icon, children, className, outlined }: Props) {
  return (
    <span
      className={cx(
        "inline-flex items-center gap-1 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap",
        outlined && "border",
        className,
      )}
    >
      <Icon className="size-3.5" aria-hidden="true" />
      {children}
    </span>
  );
}
