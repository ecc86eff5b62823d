import { Bot, Plus, SearchX } from "lucide-react";
import type { Metadata } from "next";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { ButtonLink } from "@/app/_ui/Button";
import { Empty } from "@/app/_ui/Empty";
import { ExportLink } from "@/app/_ui/ExportLink";
import { Notice } from "@/app/_ui/Notice";
import { PageHeader } from "@/app/_ui/PageHeader";
import { PageTabs } from "@/app/_ui/PageTabs";
import { plural } from "@/app/_ui/words";
import { usesPerDay } from "@/lib/activity/usesPerDay";
import { type Directory, type DirectoryFilter, listDirectory, PARTS } from "@/lib/agents/directory";
import { Filters } from "./Filters";
import { filterHref, PART_WORDS, readFilter, type Search } from "./filter";
import { Pages } from "./Pages";
import { RegisterLine } from "./RegisterLine";
import { Rows } from "./Rows";

export const metadata: Metadata = { title: "Agents" };

const DAYS = 7;

export default async function AgentsPage({ searchParams }: { readonly searchParams: Promise<Search> }) {
  const ctx = await requirePerson();
  const filter = readFilter(await searchParams);
  const directory = await readForPage(() => listDirectory(ctx, filter));
  const agentIds = directory.agents.map(({ id }) => id);
  const uses = await readForPage(() => usesPerDay(ctx, { agentIds, days: DAYS, everyone: true }));
  const all = Object.values(directory.counts).reduce((sum, count) => sum + count, 0);
  const register = (
    <ButtonLink look="primary" href="/agents/new">
      <Plus aria-hidden="true" />
      Register an agent
    </ButtonLink>
  );
  return (
    <>
      <PageHeader
        title="Agents"
        lead="Software that acts. Each has a name, an owner and credentials of its own, and can do only what somebody lends it."
        actions={
          all > 0 ? (
            <>
              <ExportLink list="agents" words="these agents" filter={{ ...filter, page: undefined }} />
              {register}
            </>
          ) : null
        }
      />
      {all === 0 ? (
        <Empty
          icon={Bot}
          title="You have registered no agent"
          action={
            <>
              {register}
              <RegisterLine />
            </>
          }
        >
          Give it a name and say what it is for. It gets a secret, and can do nothing until you lend it something. The valet command does
          the same from a terminal.
        </Empty>
      ) : (
        <>
          <Orphans directory={directory} filter={filter} />
          <Parts filter={filter} counts={directory.counts} all={all} />
          <Filters filter={filter} connectors={directory.connectors} />
          {directory.agents.length > 0 ? (
            <>
              <Rows agents={directory.agents} uses={uses} now={ctx.clock.now()} />
              <Pages directory={directory} filter={filter} />
            </>
          ) : (
            <Nothing filter={filter} />
          )}
        </>
      )}
    </>
  );
}

/** Loud, and first: nobody answers for these. */
function Orphans({ directory, filter }: { readonly directory: Directory; readonly filter: DirectoryFilter }) {
  const { orphaned: orphans } = directory.standings;
  if (orphans === 0) return null;
  return (
    <Notice
      tone="danger"
      title={`${plural(orphans, "agent")} here ${orphans === 1 ? "has" : "have"} no active owner`}
      action={filter.standing ? null : <ButtonLink href={filterHref({ standing: "orphaned" })}>Show</ButtonLink>}
    >
      Stopped until an admin gives {orphans === 1 ? "it" : "each"} an owner.
    </Notice>
  );
}

interface PartsProps {
  readonly filter: DirectoryFilter;
  readonly counts: Directory["counts"];
  readonly all: number;
}

function Parts({ filter, counts, all }: PartsProps) {
  const rest = { standing: filter.standing, connector: filter.connector, text: filter.text };
  const parts = PARTS.filter((part) => counts[part] > 0 || filter.part === part);
  const tabs = [
    { label: `All ${all}`, href: filterHref(rest), current: !filter.part },
    ...parts.map((part) => ({
      label: `${PART_WORDS[part]} ${counts[part]}`,
      href: filterHref({ ...rest, part }),
      current: filter.part === part,
    })),
  ];
  return <PageTabs label="What you are to them" tabs={tabs} />;
}

function Nothing({ filter }: { readonly filter: DirectoryFilter }) {
  return (
    <Empty icon={SearchX} title="No agent fits" action={<ButtonLink href={filterHref({ part: filter.part })}>Clear filters</ButtonLink>}>
      None of these has this name, status or service.
    </Empty>
  );
}
