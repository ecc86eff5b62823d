import { Bot, SearchX } from "lucide-react";
import type { Metadata } from "next";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { ButtonLink } from "@/app/_ui/Button";
import { Section } from "@/app/_ui/Card";
import { Empty } from "@/app/_ui/Empty";
import { ExportLink } from "@/app/_ui/ExportLink";
import { Notice } from "@/app/_ui/Notice";
import { PageHeader } from "@/app/_ui/PageHeader";
import { plural } from "@/app/_ui/words";
import { Filters } from "@/app/(console)/agents/Filters";
import { filterHref, readFilter, type Search } from "@/app/(console)/agents/filter";
import { Pages } from "@/app/(console)/agents/Pages";
import { PauseButton } from "@/app/(console)/agents/PauseButton";
import { Rows } from "@/app/(console)/agents/Rows";
import { usesPerDay } from "@/lib/activity/usesPerDay";
import { DIRECTORY_PAGE_MAX, type DirectoryEntry, type DirectoryFilter, listDirectory } from "@/lib/agents/directory";

export const metadata: Metadata = { title: "All agents" };

const DAYS = 7;

export default async function AllAgentsPage({ searchParams }: { readonly searchParams: Promise<Search> }) {
  const ctx = await requirePerson();
  const filter = readFilter(await searchParams, "all");
  const directory = await readForPage(() => listDirectory(ctx, { ...filter, limit: DIRECTORY_PAGE_MAX }));
  const agentIds = directory.agents.map(({ id }) => id);
  const uses = await readForPage(() => usesPerDay(ctx, { agentIds, days: DAYS, everyone: true }));
  const all = Object.values(directory.standings).reduce((sum, count) => sum + count, 0);
  const actions = ctx.actor.role === "admin" ? (agent: DirectoryEntry) => <Actions agent={agent} /> : undefined;
  return (
    <>
      <PageHeader
        title="All agents"
        lead={`${plural(all, "agent")} here. Those that need somebody come first.`}
        actions={all > 0 ? <ExportLink list="agents" words="these agents" filter={{ ...filter, page: undefined }} /> : null}
      />
      <Orphans count={directory.standings.orphaned} filter={filter} />
      {all > 0 ? <Filters filter={filter} connectors={directory.connectors} /> : null}
      {directory.agents.length === 0 ? <Nothing none={all === 0} /> : null}
      {GROUPS.map(({ id, title, lead }) => {
        const agents = directory.agents.filter(({ standing }) => standing === id);
        return agents.length === 0 ? null : (
          <Section key={id} id={id} title={title} lead={lead}>
            <Rows agents={agents} uses={uses} now={ctx.clock.now()} {...(actions ? { actions } : {})} />
          </Section>
        );
      })}
      <Pages directory={directory} filter={filter} />
    </>
  );
}

const GROUPS = [
  { id: "orphaned", title: "Without an active owner", lead: "Stopped until somebody answers for them." },
  { id: "paused", title: "Paused", lead: null },
  { id: "active", title: "Active", lead: null },
] as const;

/** Of all there are, whatever the page shows. */
function Orphans({ count, filter }: { readonly count: number; readonly filter: DirectoryFilter }) {
  if (count === 0) return null;
  const one = count === 1;
  return (
    <Notice
      tone="danger"
      title={one ? "One agent has no active owner" : `${count} agents have no active owner`}
      action={filter.standing ? null : <ButtonLink href={filterHref({ scope: "all", standing: "orphaned" })}>Show</ButtonLink>}
    >
      {one ? "It is" : "They are"} stopped: nobody answers for {one ? "it" : "them"}. Give {one ? "it" : "each"} an owner, or let the owner
      back in.
    </Notice>
  );
}

function Nothing({ none }: { readonly none: boolean }) {
  if (none)
    return (
      <Empty icon={Bot} title="Nobody has registered an agent" action={<ButtonLink href="/agents/new">Register an agent</ButtonLink>}>
        They appear here with their owners as soon as somebody does.
      </Empty>
    );
  return (
    <Empty icon={SearchX} title="No agent fits" action={<ButtonLink href={filterHref({ scope: "all" })}>Clear filters</ButtonLink>}>
      None has this name, owner, status or service.
    </Empty>
  );
}

/** What an orphan needs first is somebody who answers for it. */
function Actions({ agent }: { readonly agent: DirectoryEntry }) {
  const { id, name, standing } = agent;
  if (standing !== "orphaned") return <PauseButton agent={{ id, name, status: standing }} named />;
  return (
    <ButtonLink look="primary" href={`/agents/${id}?tab=settings#answering`}>
      Give it an owner<span className="sr-only"> ({name})</span>
    </ButtonLink>
  );
}
