import { GitFork, ListFilter } from "lucide-react";
import type { Metadata } from "next";
import Form from "next/form";
import Link from "next/link";
import { redirect } from "next/navigation";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { ButtonLink, buttonClass } from "@/app/_ui/Button";
import { Card } from "@/app/_ui/Card";
import { Empty } from "@/app/_ui/Empty";
import { ExportLink } from "@/app/_ui/ExportLink";
import { SelectField } from "@/app/_ui/Field";
import { PageHeader } from "@/app/_ui/PageHeader";
import { Status } from "@/app/_ui/Status";
import { When } from "@/app/_ui/When";
import { Who } from "@/app/_ui/Who";
import { plural } from "@/app/_ui/words";
import { pageRuns, type RunSummary } from "@/lib/activity/readRun";
import { listAgentNames } from "@/lib/agents/names";
import type { PersonCtx } from "@/lib/ctx";
import { spanWords } from "./spans";

export const metadata: Metadata = { title: "Runs" };

type Search = Readonly<Record<string, string | string[] | undefined>>;

const STATES = [
  ["refused", "With refusals"],
  ["clean", "Without refusals"],
  ["claimed", "Only claimed by callers"],
] as const;

export default async function RunsPage({ searchParams }: { readonly searchParams: Promise<Search> }) {
  const ctx = await requirePerson();
  const search = await searchParams;
  const asked = readSearch(search, ctx.actor.role !== "member");
  // A form sends its empty fields too; the address to share has only what was chosen.
  if (Object.values(search).includes("")) redirect(runsPath(asked));
  const cursor = typeof search.after === "string" ? search.after.slice(0, 220) : undefined;
  const { runs, nextCursor } = await readForPage(() => pageRuns(ctx, { ...asked, cursor }));
  const now = ctx.clock.now();
  const filtered = asked.agentId !== undefined || asked.state !== undefined;
  return (
    <>
      <PageHeader
        title="Runs"
        lead={
          asked.everyone
            ? "What every agent did, run by run."
            : "One piece of work by agents, from whose authority it began to the last call of it."
        }
        actions={runs.length > 0 ? <ExportLink list="runs" words="these runs" filter={asked} /> : null}
      />
      <Filters ctx={ctx} asked={asked} filtered={filtered} />
      {runs.length === 0 ? (
        <Nothing filtered={filtered} everyone={asked.everyone === true} older={nextCursor !== null} />
      ) : (
        <Card>
          <ul className="divide-y">
            {runs.map((run) => (
              <Run key={run.id} run={run} now={now} />
            ))}
          </ul>
        </Card>
      )}
      {cursor || nextCursor ? (
        <nav aria-label="Pages" className="flex flex-wrap gap-2">
          {cursor ? <ButtonLink href={runsPath(asked)}>Newest</ButtonLink> : null}
          {nextCursor ? <ButtonLink href={runsPath(asked, nextCursor)}>Older</ButtonLink> : null}
        </nav>
      ) : null}
    </>
  );
}

type Asked = Pick<NonNullable<Parameters<typeof pageRuns>[1]>, "agentId" | "state" | "everyone">;

/** What makes no sense is left out: a link may be old. */
function readSearch(search: Search, mayAskEveryone: boolean): Asked {
  const { agent, state, everyone } = search;
  const known = STATES.find(([name]) => name === state)?.[0];
  return {
    ...(typeof agent === "string" && agent !== "" && agent.length <= 60 ? { agentId: agent } : {}),
    ...(known ? { state: known } : {}),
    ...(mayAskEveryone && everyone === "1" ? { everyone: true } : {}),
  };
}

function runsPath({ agentId, state, everyone }: Asked, after?: string): string {
  const chosen = {
    ...(agentId ? { agent: agentId } : {}),
    ...(state ? { state } : {}),
    ...(everyone ? { everyone: "1" } : {}),
    ...(after ? { after } : {}),
  };
  const query = new URLSearchParams(chosen).toString();
  return query ? `/runs?${query}` : "/runs";
}

async function Filters({ ctx, asked, filtered }: { readonly ctx: PersonCtx; readonly asked: Asked; readonly filtered: boolean }) {
  const agents = await readForPage(() => listAgentNames(ctx));
  return (
    <Form key={JSON.stringify(asked)} action="/runs" aria-label="Filters" className="flex flex-wrap items-end gap-3">
      <div className="min-w-0 flex-1 basis-40 sm:max-w-60">
        <SelectField label="Agent" name="agent" defaultValue={asked.agentId ?? ""} data-filter="">
          <option value="">Any agent</option>
          {agents.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
      </div>
      <div className="min-w-0 flex-1 basis-40 sm:max-w-60">
        <SelectField label="State" name="state" defaultValue={asked.state ?? ""}>
          <option value="">Any state</option>
          {STATES.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </SelectField>
      </div>
      <div className="flex min-h-9 flex-wrap items-center gap-x-4 gap-y-2">
        <button type="submit" className={buttonClass("secondary")}>
          <ListFilter aria-hidden="true" />
          Filter
        </button>
        {ctx.actor.role === "member" ? null : (
          <label className="flex min-h-8 items-center gap-2 text-sm font-medium">
            <input type="checkbox" name="everyone" value="1" defaultChecked={asked.everyone === true} className="size-4" />
            Everyone's runs
          </label>
        )}
        {filtered ? (
          <ButtonLink look="quiet" href={runsPath(asked.everyone ? { everyone: true } : {})}>
            Clear filters
          </ButtonLink>
        ) : null}
      </div>
    </Form>
  );
}

interface NothingProps {
  readonly filtered: boolean;
  readonly everyone: boolean;
  /** There are rows that were not looked at yet. */
  readonly older: boolean;
}

function Nothing({ filtered, everyone, older }: NothingProps) {
  if (older)
    return (
      <Empty icon={GitFork} title="None of the newest runs fits these filters">
        Older ones may: go on below.
      </Empty>
    );
  if (filtered)
    return (
      <Empty
        icon={GitFork}
        title="No run fits these filters"
        action={<ButtonLink href={runsPath(everyone ? { everyone: true } : {})}>Clear filters</ButtonLink>}
      >
        Widen or clear them.
      </Empty>
    );
  return (
    <Empty icon={GitFork} title="No runs yet" action={<ButtonLink href="/agents">See your agents</ButtonLink>}>
      Agents name their run when they fetch access: <code>run_id</code>, or <code>valet.run_id</code> in W3C baggage. Whatever belongs
      together is drawn here as one tree.
    </Empty>
  );
}

function Run({ run, now }: { readonly run: RunSummary; readonly now: Date }) {
  const { id, startedAt, endedAt, verified, people, agents, tokens, calls, refused } = run;
  return (
    <li className="relative flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-row first:rounded-t-xl last:rounded-b-xl hover:bg-sunken">
      <div className="grid min-w-0 flex-1 basis-56 gap-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Link href={`/runs/${encodeURIComponent(id)}`} className="rounded font-semibold break-all after:absolute after:inset-0">
            {id}
          </Link>
          {verified ? null : <span className="rounded border px-1 text-xs font-medium text-muted">claimed</span>}
          {refused > 0 ? <Status state="refused" word={`${refused} refused`} /> : null}
        </p>
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
          <Names kind="person" names={people} />
          <Names kind="agent" names={agents} />
        </p>
      </div>
      <p className="text-sm text-muted sm:w-44">
        {plural(tokens, "token")}, {plural(calls, "call")}
        <br />
        <When at={startedAt} now={now} />, {spanWords(endedAt.getTime() - startedAt.getTime())}
      </p>
    </li>
  );
}

/** Whoever took part in more is named on the run's own page. */
const NAMES_MAX = 5;

function Names({ kind, names }: { readonly kind: "person" | "agent"; readonly names: readonly string[] }) {
  const more = names.length - NAMES_MAX;
  return (
    <>
      {names.slice(0, NAMES_MAX).map((name) => (
        <Who key={name} kind={kind} name={name} wordless />
      ))}
      {more > 0 ? (
        <span className="text-muted">and {kind === "agent" ? plural(more, "more agent") : plural(more, "more person", "more people")}</span>
      ) : null}
    </>
  );
}
