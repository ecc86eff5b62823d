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
import { pageOf, readAsked, type Search } from "./pageOf";

export const metadata: Metadata = { title: "All agents" };

/** Fewer are seen at a glance. */
const FIND_FROM = 10;

export default async function AllAgentsPage({ searchParams }: { readonly searchParams: Promise<Search> }) {
  const ctx = await requirePerson();
  const asked = readAsked(await searchParams);
  const all = await readForPage(() => listAgents(ctx, { scope: "all" }));
  const shown = pageOf(all, asked, needOf);
  const actions = ctx.actor.role === "admin" ? (agent: AgentRow) => <Actions agent={agent} /> : undefined;
  return (
    <>
      <PageHeader title="All agents" lead={`${plural(all.length, "agent")} here. Those that need somebody come first.`} />
      <Orphans count={all.filter(isOrphan).length} />
      {all.length > FIND_FROM ? <Find text={asked.text} /> : null}
      {shown.agents.length === 0 ? <Nothing text={asked.text} /> : null}
      {GROUPS.map(({ id, title, lead, need }) => {
        const agents = shown.agents.filter((agent) => needOf(agent) === need);
        return agents.length === 0 ? null : (
          <Section key={id} id={id} title={title} lead={lead}>
            <AgentRows agents={agents} now={ctx.clock.now()} withOwner {...(actions ? { actions } : {})} />
          </Section>
        );
      })}
      <Pages shown={shown} text={asked.text} />
    </>
  );
}

const GROUPS = [
  { id: "orphaned", need: 0, title: "Without an active owner", lead: "Stopped until somebody answers for them." },
  { id: "paused", need: 1, title: "Paused", lead: null },
  { id: "active", need: 2, title: "Active", lead: null },
] as const;

/** How much it needs somebody: the less, the later. */
function needOf(agent: AgentRow): number {
  if (isOrphan(agent)) return 0;
  return agent.status === "paused" ? 1 : 2;
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

function Nothing({ text }: { readonly text: string }) {
  return (
    <Empty icon={Bot} title={text ? "No agent and no owner is called so" : "Nobody has registered an agent"}>
      {text ? "Try a shorter part of the name." : "They appear here with their owners as soon as somebody does."}
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
