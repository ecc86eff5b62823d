import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { ButtonLink } from "@/app/_ui/Button";
import { Section } from "@/app/_ui/Card";
import { Notice } from "@/app/_ui/Notice";
import { PageHeader } from "@/app/_ui/PageHeader";
import { patternWords } from "@/app/_ui/patterns";
import { When } from "@/app/_ui/When";
import { plural } from "@/app/_ui/words";
import { RUN_ROWS_MAX, readRun } from "@/lib/activity/readRun";
import type { RunPart } from "@/lib/activity/runTree";
import { spanWords } from "../spans";
import { Tree } from "./Tree";

export const metadata: Metadata = { title: "Run" };

export default async function RunPage({ params }: { readonly params: Promise<{ id: string }> }) {
  const ctx = await requirePerson();
  const runId = decode((await params).id);
  if (runId === null) notFound();
  const run = await readForPage(() => readRun(ctx, { runId }));
  const everyone = ctx.actor.role === "member" ? "" : "&everyone=1";
  const rowPath = (id: string) => `/activity?run=${encodeURIComponent(runId)}&row=${id}${everyone}`;
  const length = spanWords(run.endedAt.getTime() - run.startedAt.getTime());
  return (
    <>
      <PageHeader
        title={runId}
        lead={
          <>
            Began <When at={run.startedAt} now={ctx.clock.now()} />, {length} long: {plural(run.tokens, "token")},{" "}
            {plural(run.calls, "call")}
            {run.refused > 0 ? `, ${run.refused} refused` : null}.
          </>
        }
        back={{ href: "/runs", label: "Runs" }}
        actions={<ButtonLink href={`/activity?run=${encodeURIComponent(runId)}${everyone}`}>Its rows of activity</ButtonLink>}
      />
      {run.cut ? (
        <Notice tone="warn" title={`The first ${RUN_ROWS_MAX} rows are drawn`}>
          The run has more. The rest is in its rows of activity.
        </Notice>
      ) : null}
      {run.verified.branches.length > 0 ? (
        <Part
          id="verified"
          title="In this run"
          part={run.verified}
          lead="A token of Valet's own, or of the agent's platform, names the run."
        >
          <Tree part={run.verified} run={run} rowPath={rowPath} />
        </Part>
      ) : null}
      {run.claimed.branches.length > 0 ? (
        <Part id="claimed" title="Says it belongs to this run" part={run.claimed} lead="Only its caller names the run. Nothing proves it.">
          <Tree part={run.claimed} run={run} rowPath={rowPath} />
        </Part>
      ) : null}
    </>
  );
}

interface PartProps {
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  readonly part: RunPart;
  readonly children: ReactNode;
}

function Part({ id, title, lead, part, children }: PartProps) {
  return (
    <Section id={id} title={title} lead={lead}>
      {part.hybrid ? (
        <Notice title="Hybrid: two kinds of authority">
          Spent: {part.patterns.map(patternWords).join("; ")}. Each token below says which of them was spent.
        </Notice>
      ) : null}
      {children}
    </Section>
  );
}

/** Next hands the segment on as it stood in the address. */
function decode(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}
