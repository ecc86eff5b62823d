import Link from "next/link";
import type { ReactNode } from "react";
import { cx } from "@/app/_ui/cx";

interface Props {
  readonly href: string;
  readonly chosen: boolean;
  readonly title: string;
  readonly children: ReactNode;
}

/** One of several ways to lend the same: a link to the same summary, made anew. */
export function Choice({ href, chosen, title, children }: Props) {
  return (
    <Link
      href={href}
      aria-current={chosen ? "true" : undefined}
      scroll={false}
      className={cx(
        "block h-full rounded-xl border bg-surface px-3.5 py-2.5 hover:border-line-strong",
        chosen && "border-ink ring-1 ring-ink",
      )}
    >
      <span className="block font-medium">{title}</span>
      <span className="block text-sm text-muted">{children}</span>
    </Link>
  );
}
