import { HandHelping } from "lucide-react";
import Link from "next/link";
import { ButtonLink } from "@/app/_ui/Button";
import { Card, Section } from "@/app/_ui/Card";
import { Empty } from "@/app/_ui/Empty";
import { Notice } from "@/app/_ui/Notice";
import { plural } from "@/app/_ui/words";
import type { AgentSummary } from "@/lib/agents/list";
import type { SeenAgentAccess } from "@/lib/broker/agentAccess";
import type { LinkView } from "@/lib/chains/list";
import { findConnector } from "@/lib/connectors/registry";
import type { GrantView } from "@/lib/grants/list";
import { Matrix } from "./Matrix";

interface Props {
  readonly agent: AgentSummary;
  readonly seen: SeenAgentAccess;
  readonly everyone: boolean;
  readonly now: Date;
}

/** What it can do now, for whom, until when, and who holds it to that. */
export function Access({ agent, seen, everyone, now }: Props) {
  const { grants, ownAccess, hiddenGrants, links } = seen;
  return (
    <>
      <SharedKeys grants={grants} />
      <Section
        id="now"
        title="What it can do now"
        lead={everyone ? "Everybody's grants, and what it may do as itself." : "What you lent it, and what it may do as itself."}
      >
        {grants.length + ownAccess.length === 0 ? (
          <Nothing agent={agent} hidden={hiddenGrants} />
        ) : (
          <Matrix grants={grants} ownAccess={ownAccess} now={now} />
        )}
        {hiddenGrants > 0 ? <p className="text-sm text-muted">Other people lent it {plural(hiddenGrants, "more grant")}.</p> : null}
      </Section>
      <Links agentId={agent.id} links={links} />
    </>
  );
}

function Nothing({ agent, hidden }: { readonly agent: AgentSummary; readonly hidden: number }) {
  const stopped = agent.status !== "active" || agent.orphaned;
  return (
    <Empty
      icon={HandHelping}
      title={hidden > 0 ? "Nothing of yours" : "Nothing"}
      action={
        stopped ? null : (
          <ButtonLink look="primary" href={`/grants/new?agent=${agent.id}`}>
            <HandHelping aria-hidden="true" />
            Lend it access
          </ButtonLink>
        )
      }
    >
      {stopped
        ? "It is stopped, so nothing can be lent to it."
        : hidden > 0
          ? "It has what others lent it. Lend it something of yours if it is to act as you."
          : "It can prove who it is, and that is all. Nothing is lent to it, or what was has ended."}
    </Empty>
  );
}

/** One warning for each key: it stands as long as the grant does. */
function SharedKeys({ grants }: { readonly grants: readonly GrantView[] }) {
  return grants
    .filter((grant) => grant.warning !== null)
    .map((grant) => (
      <Notice key={grant.id} tone="warn" title={`It uses a shared key at ${grant.connectorName}`}>
        {grant.warning}
      </Notice>
    ));
}

/** Whom it hands work on to, and who hands work on to it. */
function Links({ agentId, links }: { readonly agentId: string; readonly links: readonly LinkView[] }) {
  if (links.length === 0) return null;
  return (
    <Section
      id="links"
      title="Links to other agents"
      lead="Work under one grant may be handed on along these, and never more than the grant has."
    >
      <Card>
        <ul className="divide-y">
          {links.map((link) => (
            <li key={link.id} className="px-4 py-2.5 break-words">
              {link.fromAgentId === agentId ? "May hand on to " : "May be handed work by "}
              <span className="font-medium">{link.fromAgentId === agentId ? link.toAgentName : link.fromAgentName}</span>
              <span className="text-muted"> at {findConnector(link.connector)?.name ?? link.connector}, </span>
              <Link href={`/grants/${link.grantId}`} className="prose-link">
                under this grant
              </Link>
            </li>
          ))}
        </ul>
      </Card>
    </Section>
  );
}
