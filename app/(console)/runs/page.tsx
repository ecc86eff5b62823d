import { GitFork } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { ButtonLink } from "@/app/_ui/Button";
import { Card } from "@/app/_ui/Card";
import { Empty } from "@/app/_ui/Empty";
import { PageHeader } from "@/app/_ui/PageHeader";
import { Status } from "@/app/_ui/Status";
import { When } from "@/app/_ui/When";
import { Who } from "@/app/_ui/Who";
import { plural } from "@/app/_ui/words";
import { listRuns, type RunSummary } from "@/lib/activity/readRun";
import { spanWords } from "./spans";

export const metadata: Metadata = { title: "Runs" };

export default async function RunsPage({ searchParams }: { readonly searchParams: Promise<{ readonly everyone?: string | string[] }> }) {
  const ctx = await requirePerson();
  const sees = ctx.actor.role !== "member";
  const everyone = sees && (await searchParams).everyone === "1";
  const runs = await readForPage(() => listRuns(ctx, { everyone }));
  const now = ctx.clock.now();
  return (
    <>
      <PageHeader
        title="Runs"
        lead={
          everyone
            ? "What every agent did, run by run."
            : "One piece of work by agents, from whose authority it began to the last call of it."
        }
        actions={
          sees ? <ButtonLink href={everyone ? "/runs" : "/runs?everyone=1"}>{everyone ? "Only mine" : "Everyone's runs"}</ButtonLink> : null
        }
      />
      {runs.length === 0 ? (
        <Empty icon={GitFork} title="No runs yet">
          Agents name their run when they fetch access: <code>run_id</code>, or <code>valet.run_id</code> in W3C baggage. Whatever belongs
          together is drawn here as one tree.
        </Empty>
      ) : (
        <Card>
          <ul className="divide-y">
            {runs.map((run) => (
              <Run key={run.id} run={run} now={now} />
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}

function Run({ run, now }: { readonly run: RunSummary; readonly now: Date }) {
  const { id, startedAt, endedAt, verified, people, agents, tokens, calls, refused } = run;
  return (
    <li className="relative flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 first:rounded-t-xl last:rounded-b-xl hover:bg-sunken">
      <div className="grid min-w-0 flex-1 basis-56 gap-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Link href={`/runs/${encodeURIComponent(id)}`} className="rounded font-semibold break-all after:absolute after:inset-0">
            {id}
          </Link>
          {verified ? null : <span className="rounded border px-1 text-xs font-medium text-muted">claimed</span>}
          {refused > 0 ? <Status state="refused" word={`${refused} refused`} /> : null}
        </p>
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
          {people.map((name) => (
            <Who key={name} kind="person" name={name} wordless />
          ))}
          {agents.map((name) => (
            <Who key={name} kind="agent" name={name} wordless />
          ))}
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
