import { Bot, HandHelping, KeyRound, type LucideIcon, Plug, ShieldAlert, TriangleAlert } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { buttonClass } from "@/app/_ui/Button";
import { Card, Section } from "@/app/_ui/Card";
import { When } from "@/app/_ui/When";
import { plural } from "@/app/_ui/words";
import { findConnector } from "@/lib/connectors/registry";
import type { Risk, RiskKind } from "@/lib/overview/overview";

interface Told {
  readonly icon: LucideIcon;
  readonly why: ReactNode;
  readonly action: string;
  readonly href: string;
}

const KIND_WORDS: Record<RiskKind, readonly [one: string, many: string]> = {
  orphaned_agent: ["agent without an active owner", "agents without an active owner"],
  suspended_grant: ["suspended grant", "suspended grants"],
  failing_connection: ["account to be reconnected", "accounts to be reconnected"],
  shared_key: ["shared key", "shared keys"],
  refused_agent: ["agent that is refused much", "agents that are refused much"],
  unused_write: ["unused grant for writing", "unused grants for writing"],
};

interface Props {
  readonly risks: readonly Risk[];
  /** All of this kind are shown, and no other. */
  readonly only: RiskKind | undefined;
  readonly now: Date;
}

/** What an admin should look at, worst first: why, and one thing to do about it. */
export function Risks({ risks, only, now }: Props) {
  return (
    <Section
      id="risks"
      title={only ? plural(risks.length, ...KIND_WORDS[only]) : "To look at"}
      lead={
        only ? (
          <Link href="/admin#risks" className="prose-link">
            Show every kind
          </Link>
        ) : null
      }
    >
      {risks.length === 0 ? (
        <p className="rounded-xl border border-dashed border-line-strong px-4 py-6 text-center text-muted">
          Nothing. Agents without an owner, suspended grants, failing accounts, shared keys and needless rights would stand here.
        </p>
      ) : (
        <Card>
          <ul className="divide-y">
            {risks.map((risk) => (
              <Row key={`${risk.kind} ${risk.id}`} risk={risk} told={tell(risk, now)} />
            ))}
          </ul>
        </Card>
      )}
    </Section>
  );
}

function Row({ risk, told: { icon: Icon, why, action, href } }: { readonly risk: Risk; readonly told: Told }) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2.5">
      <Icon className="size-4 shrink-0 text-muted" aria-hidden="true" />
      <div className="min-w-0 flex-1 basis-52">
        <p className="font-medium break-words">{risk.name}</p>
        <p className="text-sm break-words text-muted">{why}</p>
      </div>
      <Link href={href} className={buttonClass("secondary")}>
        {action}
        <span className="sr-only"> ({risk.name})</span>
      </Link>
    </li>
  );
}

function nameOf(connector: string): string {
  return findConnector(connector)?.name ?? connector;
}

function tell({ kind, id, of, at, count }: Risk, now: Date): Told {
  const when = <When at={at} now={now} />;
  switch (kind) {
    case "orphaned_agent":
      return {
        icon: Bot,
        why: `Stopped: ${of}, who owned it, is out, and nobody else answers for it.`,
        action: "Give it an owner",
        href: `/agents/${id}#answering`,
      };
    case "suspended_grant":
      return {
        icon: ShieldAlert,
        why: (
          <>
            Suspended {when}: no self-test has shown yet that {nameOf(of)} refuses what was not lent.
          </>
        ),
        action: "See the evidence",
        href: `/grants/${id}`,
      };
    case "failing_connection":
      return {
        icon: Plug,
        why: `${of}'s account does not answer to Valet any more. Grants on it give nothing until it is reconnected.`,
        action: "See why",
        href: `/connections/${id}`,
      };
    case "shared_key":
      return {
        icon: KeyRound,
        why: (
          <>
            A key that others may have too, kept by {of}. It ends {when}.
          </>
        ),
        action: "See it",
        href: "/admin/resources",
      };
    case "refused_agent":
      return {
        icon: TriangleAlert,
        why: `Refused ${count} times in the last 24 hours.`,
        action: "See what it tried",
        href: `/activity?kind=use&decision=refused&agent=${id}&since=24h&everyone=1`,
      };
    case "unused_write":
      return {
        icon: HandHelping,
        why: (
          <>
            May write for {of} since {when}, and has not used the grant for three weeks.
          </>
        ),
        action: "Look at the grant",
        href: `/grants/${id}`,
      };
  }
}
