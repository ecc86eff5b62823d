import { Bot } from "lucide-react";
import type { Metadata } from "next";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { type AgentRow, AgentRows, isOrphan } from "@/app/_ui/AgentRows";
import { ButtonLink } from "@/app/_ui/Button";
import { Section } from "@/app/_ui/Card";
import { Empty } from "@/app/_ui/Empty";
import { Notice } from "@/app/_ui/Notice";
import { PageHeader } from "@/app/_ui/PageHeader";
import { plural } from "@/app/_ui/words";
import { PauseButton } from "@/app/(console)/agents/PauseButton";
import { listAgents } from "@/lib/agents/list";

export const metadata: Metadata = { title: "All agents" };

export default async function AllAgentsPage() {
  const ctx = await requirePerson();
  const agents = await readForPage(() => listAgents(ctx, { scope: "all" }));
  const groups = [
    {
      id: "orphaned",
      title: "Without an active owner",
      lead: "Stopped until somebody answers for them.",
      list: agents.filter(isOrphan),
    },
    { id: "paused", title: "Paused", lead: undefined, list: agents.filter((agent) => !isOrphan(agent) && agent.status === "paused") },
    { id: "active", title: "Active", lead: undefined, list: agents.filter((agent) => !isOrphan(agent) && agent.status === "active") },
  ].filter((group) => group.list.length > 0);
  const actions = ctx.actor.role === "admin" ? (agent: AgentRow) => <Actions agent={agent} /> : undefined;
  const orphans = agents.filter(isOrphan).length;
  return (
    <>
      <PageHeader title="All agents" lead={`${plural(agents.length, "agent")} here. Those that need somebody come first.`} />
      {orphans > 0 ? (
        <Notice tone="danger" title={orphans === 1 ? "One agent has no active owner" : `${orphans} agents have no active owner`}>
          {orphans === 1 ? "It is" : "They are"} stopped: nobody answers for {orphans === 1 ? "it" : "them"}. Give{" "}
          {orphans === 1 ? "it" : "each"} an owner, or let the owner back in.
        </Notice>
      ) : null}
      {groups.length === 0 ? (
        <Empty icon={Bot} title="Nobody has registered an agent">
          They appear here with their owners as soon as somebody does.
        </Empty>
      ) : null}
      {groups.map(({ id, title, lead, list }) => (
        <Section key={id} id={id} title={title} {...(lead ? { lead } : {})}>
          <AgentRows agents={list} now={ctx.clock.now()} withOwner {...(actions ? { actions } : {})} />
        </Section>
      ))}
    </>
  );
}

/** What an orphan needs first is somebody who answers for it. */
function Actions({ agent }: { readonly agent: AgentRow }) {
  if (!isOrphan(agent)) return <PauseButton agent={agent} named />;
  return (
    <ButtonLink look="primary" href={`/agents/${agent.id}?tab=settings#answering`}>
      Give it an owner<span className="sr-only"> ({agent.name})</span>
    </ButtonLink>
  );
}
