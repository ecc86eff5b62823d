import Link from "next/link";
import { cx } from "@/app/_ui/cx";
import type { OverviewCounts } from "@/lib/overview/overview";

interface Tile {
  /** As it is said of one, and of any other number. */
  readonly words: readonly [one: string, many: string];
  readonly count: number;
  readonly href: string;
  /** Something is wrong as soon as there is one. */
  readonly alarming?: boolean;
  readonly note?: string;
}

/** Numbers that each lead to the list behind them. */
export function Tiles({ counts }: { readonly counts: OverviewCounts }) {
  return (
    <ul aria-label="Numbers" className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      {tilesOf(counts).map(({ words: [one, many], count, href, alarming, note }) => (
        <li key={many} className="grid">
          <Link
            href={href}
            className={cx(
              "grid content-start gap-0.5 rounded-xl border bg-surface px-4 py-3 shadow-low hover:border-line-strong hover:bg-sunken",
              alarming && count > 0 && "border-danger/40",
            )}
          >
            <span className={cx("numbers text-xl font-semibold", alarming && count > 0 ? "text-danger" : "text-ink")}>{count}</span>
            <span className="text-sm break-words text-muted">{count === 1 ? one : many}</span>
            {note ? <span className="numbers text-xs text-faint">{note}</span> : null}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function tilesOf(counts: OverviewCounts): readonly Tile[] {
  return [
    { words: ["agent can act now", "agents can act now"], count: counts.agents, href: "/admin/agents?status=active" },
    { words: ["live grant", "live grants"], count: counts.liveGrants, href: "/admin/access" },
    { words: ["of them can write", "of them can write"], count: counts.writingGrants, href: "/admin/access?access=write" },
    {
      words: ["use refused in 24 hours", "uses refused in 24 hours"],
      count: counts.refused,
      href: "/activity?kind=use&decision=refused&since=24h&everyone=1",
      note: `${counts.refusedBefore} in the 24 before`,
    },
    {
      words: ["agent without an active owner", "agents without an active owner"],
      count: counts.orphanedAgents,
      href: "/admin/agents?status=orphaned",
      alarming: true,
    },
    {
      words: ["suspended grant", "suspended grants"],
      count: counts.suspendedGrants,
      href: "/admin?risk=suspended_grant#risks",
      alarming: true,
    },
    {
      words: ["account to be reconnected", "accounts to be reconnected"],
      count: counts.failingConnections,
      href: "/admin?risk=failing_connection#risks",
      alarming: true,
    },
    { words: ["shared key", "shared keys"], count: counts.sharedKeys, href: "/admin/resources#keys" },
  ];
}
