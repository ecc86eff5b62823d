import Link from "next/link";
import { ButtonLink } from "@/app/_ui/Button";
import { Section } from "@/app/_ui/Card";
import { Notice } from "@/app/_ui/Notice";
import { When } from "@/app/_ui/When";
import { plural } from "@/app/_ui/words";
import type { ConnectionSummary } from "@/lib/connections/list";
import type { GrantView } from "@/lib/grants/list";

interface Props {
  readonly connections: readonly ConnectionSummary[];
  /** The first of those that need somebody's hand, and how many there are. */
  readonly grants: readonly GrantView[];
  readonly count: number;
  readonly now: Date;
}

/** What needs this person: grants that a self-test shut or that still wait for one, accounts to reconnect, stopped agents, grants that end within the hour. Silent when nothing does. */
export function Waiting({ connections, grants, count, now }: Props) {
  const shut = grants.filter((grant) => grant.stateReason === "grant_suspended" || grant.stateReason === "grant_untested");
  const broken = connections.filter((one) => one.status === "needs_reconnect");
  const stopped = grants.filter((grant) => grant.state === "paused" || grant.stateReason === "owner_suspended");
  const ending = grants.filter((grant) => grant.state === "live");
  const unheld = grants.filter((grant) => grant.state === "blocked" && grant.separateConsent?.status === "needs_reconnect");
  const more = count - grants.length;
  if (broken.length + grants.length === 0) return null;
  return (
    <Section id="waiting" title="Waits for you">
      {shut.map((grant) => (
        <Notice
          key={grant.id}
          tone={grant.stateReason === "grant_suspended" ? "danger" : "warn"}
          title={`${grant.agentName}'s grant on ${grant.connectorName} gives nothing`}
          action={<ButtonLink href={`/grants/${grant.id}`}>Look at it</ButtonLink>}
        >
          {grant.stateSentence}
        </Notice>
      ))}
      {broken.map((one) => (
        <Notice
          key={one.id}
          tone="warn"
          title={`${one.connectorName}, ${one.accountName} needs reconnecting`}
          action={<ButtonLink href={`/connections/${one.id}`}>Fix</ButtonLink>}
        >
          {one.statusNote ?? "Agents get nothing from it until you do."}
        </Notice>
      ))}
      {unheld.map((grant) => (
        <Notice
          key={grant.id}
          tone="warn"
          title={`${grant.agentName}'s own consent at ${grant.connectorName} needs you`}
          action={<ButtonLink href={`/grants/${grant.id}`}>Fix</ButtonLink>}
        >
          {grant.separateConsent?.note ?? "The agent gets nothing from it until you agree again."}
        </Notice>
      ))}
      {stopped.map((grant) => (
        <Notice
          key={grant.id}
          tone="info"
          title={`${grant.agentName} is stopped`}
          action={<ButtonLink href={`/agents/${grant.agentId}`}>Open</ButtonLink>}
        >
          {grant.stateSentence} Its grant on {grant.connectorName} waits.
        </Notice>
      ))}
      {ending.map((grant) => (
        <Notice
          key={grant.id}
          title={`${grant.agentName}'s grant on ${grant.connectorName} ends soon`}
          action={<ButtonLink href={renewPath(grant)}>Lend anew</ButtonLink>}
        >
          It ends <When at={grant.expiresAt} now={now} />.
        </Notice>
      ))}
      {more > 0 ? (
        <p>
          <Link href="/grants" className="prose-link">
            {plural(more, "more grant")} of yours {more === 1 ? "waits" : "wait"}: see all grants
          </Link>
        </p>
      ) : null}
    </Section>
  );
}

function renewPath(grant: GrantView): string {
  const query = new URLSearchParams({ connection: grant.connectionId, agent: grant.agentId });
  for (const scope of grant.scopes) query.append("scopes", scope);
  if (grant.pattern === "own") query.set("pattern", "own");
  return `/grants/new?${query}`;
}
