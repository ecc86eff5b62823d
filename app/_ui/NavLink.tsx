"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import type { MouseEvent, ReactNode } from "react";
import { Arriving } from "./Arriving";
import { cx } from "./cx";

interface Props {
  readonly href: string;
  readonly children: ReactNode;
  readonly look: "side" | "bar";
}

const LOOKS = {
  side: {
    base: "flex min-h-8 items-center gap-2.5 rounded-md px-2.5 py-1 font-medium max-md:min-h-11 [&_svg]:size-4",
    here: "bg-sunken text-ink [&_svg]:text-ink",
    away: "text-muted hover:bg-sunken hover:text-ink",
  },
  bar: {
    base: "grid min-h-14 flex-1 place-content-center justify-items-center gap-0.5 text-xs font-medium [&_svg]:size-5",
    here: "text-ink",
    away: "text-muted",
  },
};

/** Every other page is below one of these, and none of those is it. */
const FIRST_PAGES: readonly string[] = ["/", "/admin"];

/** A link of the navigation: knows whether we are there, and closes the menu it was in. */
export function NavLink({ href, children, look }: Props) {
  const path = usePathname();
  const here = path === href || (!FIRST_PAGES.includes(href) && path.startsWith(`${href}/`));
  const { base, here: there, away } = LOOKS[look];
  return (
    <Link href={href} aria-current={here ? "page" : undefined} className={cx(base, here ? there : away)} onClick={closeMenu}>
      {children}
      <Arriving href={href} />
    </Link>
  );
}

function closeMenu(event: MouseEvent<HTMLElement>) {
  event.currentTarget.closest<HTMLElement>("[popover]")?.hidePopover();
}
