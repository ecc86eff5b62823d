import {
  Activity,
  ArrowRightLeft,
  BookOpen,
  Bot,
  Fingerprint,
  Gauge,
  GitFork,
  HandHelping,
  HeartPulse,
  House,
  Menu,
  OctagonX,
  Plug,
  ScrollText,
  Server,
  Settings2,
  ShieldCheck,
  UserRound,
  Users,
  Waypoints,
} from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { type Density, DensitySwitch } from "./DensitySwitch";
import { Keyboard } from "./Keyboard";
import { Logo } from "./Logo";
import { NavLink } from "./NavLink";
import { PaletteButton } from "./PaletteButton";
import { type Theme, ThemeSwitch } from "./ThemeSwitch";
import { WhoMark } from "./Who";

const OWN = [
  ["/", "Home", House],
  ["/connections", "Connections", Plug],
  ["/agents", "Agents", Bot],
  ["/grants", "Grants", HandHelping],
  ["/activity", "Activity", Activity],
  ["/runs", "Runs", GitFork],
] as const;

/** On a phone these are in the menu: the bar has room for four. */
const IN_MENU: readonly string[] = ["Grants", "Runs"];

const ADMIN = [
  ["/admin", "Overview", Gauge],
  ["/admin/health", "Health", HeartPulse],
  ["/admin/stop", "Stop", OctagonX],
  ["/admin/people", "People", Users],
  ["/admin/agents", "All agents", Waypoints],
  ["/admin/access", "Access", ArrowRightLeft],
  ["/admin/resources", "Platform", Server],
  ["/admin/connectors", "Connectors", Settings2],
  ["/admin/trust", "Trust", Fingerprint],
  ["/admin/policy", "Policy", ShieldCheck],
  ["/admin/audit", "Audit", ScrollText],
] as const;

interface Props {
  readonly person: { readonly name: string; readonly email: string; readonly role: string };
  readonly theme: Theme;
  readonly density: Density;
  readonly signOut: () => Promise<void>;
  readonly setTheme: (form: FormData) => Promise<void>;
  readonly setDensity: (form: FormData) => Promise<void>;
  readonly children: ReactNode;
}

/** Around every page of somebody who is signed in: the navigation at the left, or at the bottom of a phone. */
export function Shell({ children, ...props }: Props) {
  return (
    <div className="mx-auto grid w-full max-w-[84rem] md:grid-cols-[14.5rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only rounded-md bg-action px-3 py-1.5 text-on-action focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-30"
      >
        Skip to content
      </a>
      <Side {...props} />
      <header className="flex items-center justify-between gap-3 px-4 pt-3 md:hidden">
        <Logo />
        <PaletteButton />
      </header>
      <main
        id="content"
        tabIndex={-1}
        className="relative grid min-w-0 grid-cols-[minmax(0,1fr)] content-start gap-page px-4 pt-5 pb-28 outline-none md:min-h-[calc(100dvh-var(--banner))] md:px-9 md:pt-9 md:pb-16"
      >
        {children}
      </main>
      <BottomBar {...props} />
      <Keyboard places={placesFor(props.person.role)} signOut={props.signOut} setTheme={props.setTheme} setDensity={props.setDensity} />
    </div>
  );
}

type Around = Omit<Props, "children">;

function Side(props: Around) {
  return (
    <header className="hidden border-r md:block">
      <div className="sticky top-(--banner) flex h-[calc(100dvh-var(--banner))] flex-col gap-4 overflow-y-auto px-3 py-5">
        <Link href="/" className="rounded-md px-2 py-1">
          <Logo />
        </Link>
        <PaletteButton />
        <nav aria-label="Main" className="flex-1">
          <ul className="grid gap-0.5">
            <Links items={OWN} />
          </ul>
          {seesAll(props.person.role) ? <AdminLinks /> : null}
        </nav>
        <button
          type="button"
          popoverTarget="account-menu"
          className="flex items-center gap-2.5 rounded-lg border px-2.5 py-2 text-left hover:bg-sunken"
        >
          <WhoMark kind="person" />
          <span className="min-w-0 flex-1">
            <span className="block truncate text-sm font-medium">{props.person.name}</span>
            <span className="block truncate text-xs text-muted first-letter:uppercase">{props.person.role}</span>
          </span>
          <span className="sr-only">Account menu</span>
        </button>
        <div
          id="account-menu"
          popover="auto"
          className="fixed inset-auto bottom-20 left-3 m-0 w-64 rounded-xl border bg-surface p-2 shadow-high max-md:hidden"
        >
          <AccountItems {...props} />
        </div>
      </div>
    </header>
  );
}

function BottomBar(props: Around) {
  return (
    <nav aria-label="Main, phone" className="fixed inset-x-0 bottom-0 z-10 border-t bg-surface pb-[env(safe-area-inset-bottom)] md:hidden">
      <div className="flex">
        {OWN.filter(([, label]) => !IN_MENU.includes(label)).map(([href, label, Icon]) => (
          <NavLink key={href} href={href} look="bar">
            <Icon aria-hidden="true" />
            {label}
          </NavLink>
        ))}
        <button
          type="button"
          popoverTarget="phone-menu"
          className="grid min-h-14 flex-1 place-content-center justify-items-center gap-0.5 text-xs font-medium text-muted"
        >
          <Menu className="size-5" aria-hidden="true" />
          Menu
        </button>
      </div>
      <div
        id="phone-menu"
        popover="auto"
        className="fixed inset-x-3 top-auto bottom-17 m-0 w-auto overflow-y-auto rounded-xl border bg-surface p-2 shadow-high md:hidden"
      >
        <ul>
          <Links items={OWN.filter(([, label]) => IN_MENU.includes(label))} />
        </ul>
        {seesAll(props.person.role) ? <AdminLinks /> : null}
        <div className="my-2 border-t" />
        <AccountItems {...props} />
      </div>
    </nav>
  );
}

function AdminLinks() {
  return (
    <>
      <p className="mt-4 mb-1 border-t px-2.5 pt-4 text-xs font-medium text-faint">Everyone</p>
      <ul className="grid gap-0.5">
        <Links items={ADMIN} />
      </ul>
    </>
  );
}

function Links({ items }: { readonly items: readonly (readonly [string, string, typeof House])[] }) {
  return items.map(([href, label, Icon]) => (
    <li key={href}>
      <NavLink href={href} look="side">
        <Icon aria-hidden="true" />
        {label}
      </NavLink>
    </li>
  ));
}

function AccountItems({ person, theme, density, signOut, setTheme, setDensity }: Around) {
  return (
    <div className="grid gap-1">
      <p className="truncate px-2.5 pt-1 text-xs text-muted">{person.email}</p>
      <NavLink href="/account" look="side">
        <UserRound aria-hidden="true" />
        Account
      </NavLink>
      <NavLink href="/docs" look="side">
        <BookOpen aria-hidden="true" />
        Documentation
      </NavLink>
      <ThemeSwitch theme={theme} setTheme={setTheme} />
      <DensitySwitch density={density} setDensity={setDensity} />
      <form action={signOut}>
        <button
          type="submit"
          className="flex min-h-8 w-full items-center rounded-md px-2.5 py-1 font-medium text-muted hover:bg-sunken hover:text-ink max-md:min-h-11"
        >
          Sign out
        </button>
      </form>
    </div>
  );
}

/** Where the palette leads: what the navigation shows this person. */
function placesFor(role: string): { href: string; words: string }[] {
  const shown = [...OWN, ...(seesAll(role) ? ADMIN : []), ["/account", "Account"] as const];
  return shown.map(([href, words]) => ({ href, words }));
}

function seesAll(role: string): boolean {
  return role === "admin" || role === "auditor";
}
