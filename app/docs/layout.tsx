import Link from "next/link";
import type { ReactNode } from "react";
import { Logo } from "@/app/_ui/Logo";
import { NavLink } from "@/app/_ui/NavLink";

const PAGES = [
  ["/docs/quick-start", "Quick start"],
  ["/docs/concepts", "Concepts"],
  ["/docs/connectors", "Connectors"],
  ["/docs/errors", "Errors"],
  ["/docs/command", "Command and client"],
  ["/docs/operations", "Operations"],
  ["/docs/security", "Security model"],
] as const;

/** Around the documentation: for everybody, signed in or not, so it says nothing of who or what is here. */
export default function Layout({ children }: { children: ReactNode }) {
  return (
    <div className="mx-auto grid w-full max-w-[72rem] grid-cols-[minmax(0,1fr)] md:grid-cols-[13rem_minmax(0,1fr)]">
      <header className="grid content-start gap-4 px-4 pt-5 md:sticky md:top-(--banner) md:h-[calc(100dvh-var(--banner))] md:border-r md:px-3">
        <div className="flex items-center justify-between gap-3 px-2">
          <Link href="/docs" className="rounded-md">
            <Logo />
            <span className="sr-only">documentation</span>
          </Link>
          <Link href="/" className="prose-link inline-flex min-h-6 items-center text-sm">
            Open
          </Link>
        </div>
        <nav aria-label="Documentation">
          <ul className="flex flex-wrap gap-0.5 md:grid">
            {PAGES.map(([href, words]) => (
              <li key={href}>
                <NavLink href={href} look="side">
                  {words}
                </NavLink>
              </li>
            ))}
          </ul>
        </nav>
      </header>
      <main className="grid min-w-0 grid-cols-[minmax(0,1fr)] content-start gap-page px-4 pt-6 pb-20 md:px-9 md:pt-9">{children}</main>
    </div>
  );
}
