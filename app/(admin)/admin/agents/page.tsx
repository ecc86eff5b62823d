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
import { Find, Pages } from "./Find";
import { type Asked, pageOf, readAsked, type Search, type Status } from "./pageOf";

export const metadata: Metadata = { title: "All agents" };

/** Fewer are seen at a glance. */
const FIND_FROM = 10;

export default async function AllAgentsPage({ searchParams }: { readonly searchParams: Promise<Search> }) {
  const ctx = await requirePerson();
  const asked = readAsked(await searchParams);
  const all = await readForPage(() => listAgents(ctx, { scope: "all" }));
  const shown = pageOf(all, asked, statusOf);
  const actions = ctx.actor.role === "admin" ? (agent: AgentRow) => <Actions agent={agent} /> : undefined;
  return (
    <>
      <PageHeader title="All agents" lead={`${plural(all.length, "agent")} here. Those that need somebody come first.`} />
      <Orphans count={all.filter(isOrphan).length} />
      {all.length > FIND_FROM || asked.status ? <Find asked={asked} /> : null}
      {shown.agents.length === 0 ? <Nothing asked={asked} /> : null}
      {GROUPS.map(({ id, title, lead }) => {
        const agents = shown.agents.filter((agent) => statusOf(agent) === id);
        return agents.length === 0 ? null : (
          <Section key={id} id={id} title={title} lead={lead}>
            <AgentRows agents={agents} now={ctx.clock.now()} withOwner {...(actions ? { actions } : {})} />
          </Section>
        );
      })}
      <Pages shown={shown} asked={asked} />
    </>
  );
}

const GROUPS = [
  { id: "orphaned", title: "Without an active owner", lead: "Stopped until somebody answers for them." },
  { id: "paused", title: "Paused", lead: null },
  { id: "active", title: "Active", lead: null },
] as const;

function statusOf(agent: AgentRow): Status {
  if (isOrphan(agent)) return "orphaned";
  return agent.status === "paused" ? "paused" : "active";
}

function Orphans({ count }: { readonly count: number }) {
  if (count === 0) return null;
  const one = count === 1;
  return (
    <Notice tone="danger" title={one ? "One agent has no active owner" : `${count} agents have no active owner`}>
      {one ? "It is" : "They are"} stopped: nobody answers for {one ? "it" : "them"}. Give {one ? "it" : "each"} an owner, or let the owner
      back in.
    </Notice>
  );
}

function Nothing({ asked: { text, status } }: { readonly asked: Asked }) {
  const filtered = text !== "" || status !== undefined;
  return (
    <Empty icon={Bot} title={filtered ? "No agent fits" : "Nobody has registered an agent"}>
      {filtered ? "Try a shorter part of the name, or every state." : "They appear here with their owners as soon as somebody does."}
    </Empty>
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
