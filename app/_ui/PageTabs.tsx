import Link from "next/link";
import { cx } from "./cx";

export interface PageTab {
  readonly label: string;
  readonly href: string;
  readonly current: boolean;
}

/** The parts of one page, each with an address of its own: back and forward work, and so does a page without scripts. */
export function PageTabs({ label, tabs }: { readonly label: string; readonly tabs: readonly PageTab[] }) {
  return (
    <nav aria-label={label} className="-mb-px overflow-x-auto border-b">
      <ul className="flex gap-1 max-md:gap-0.5">
        {tabs.map(({ label: word, href, current }) => (
          <li key={href}>
            <Link
              href={href}
              scroll={false}
              aria-current={current ? "page" : undefined}
              className={cx(
                "inline-flex min-h-9 items-center border-b-2 px-2.5 text-sm font-medium whitespace-nowrap max-md:min-h-11 max-md:px-2",
                current ? "border-ink text-ink" : "border-transparent text-muted hover:text-ink",
              )}
            >
              {word}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
