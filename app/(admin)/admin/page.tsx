import type { Metadata } from "next";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { Section } from "@/app/_ui/Card";
import { PageHeader } from "@/app/_ui/PageHeader";
import { listInWords, plural } from "@/app/_ui/words";
import { Chart } from "@/app/(console)/activity/Chart";
import { type OverviewCounts, RISK_KINDS, readOverview } from "@/lib/overview/overview";
import { Risks } from "./Risks";
import { SetUp } from "./SetUp";
import { Tiles } from "./Tiles";

export const metadata: Metadata = { title: "Overview" };

interface Props {
  readonly searchParams: Promise<{ readonly risk?: string | string[] }>;
}

export default async function OverviewPage({ searchParams }: Props) {
  const ctx = await requirePerson();
  const asked = (await searchParams).risk;
  const risk = RISK_KINDS.find((kind) => kind === asked);
  const { counts, risks, setUp, chart } = await readForPage(() => readOverview(ctx, { risk }));
  const now = ctx.clock.now();
  return (
    <>
      <PageHeader title="Overview" lead={<p className="text-md text-ink">{needs(counts)}</p>} />
      <SetUp steps={setUp} admin={ctx.actor.role === "admin"} />
      <Tiles counts={counts} />
      <Risks risks={risks} only={risk} now={now} />
      {chart.rows > 0 ? (
        <Section id="uses" title="Uses of the last fourteen days" lead="By people in person, by agents, and what was refused.">
          <Chart chart={chart} shown={{ kind: "use", everyone: "1" }} now={now} keep={{}} />
        </Section>
      ) : null}
    </>
  );
}

/** Whether something is wrong, in one sentence. */
function needs({ orphanedAgents, suspendedGrants, failingConnections }: OverviewCounts): string {
  const parts = [
    orphanedAgents > 0 ? `${plural(orphanedAgents, "agent")} without an active owner` : "",
    suspendedGrants > 0 ? plural(suspendedGrants, "suspended grant") : "",
    failingConnections > 0 ? `${plural(failingConnections, "account")} to be reconnected` : "",
  ].filter(Boolean);
  if (parts.length === 0) return "Nothing needs anybody.";
  const one = orphanedAgents + suspendedGrants + failingConnections === 1;
  return `${listInWords(parts)} ${one ? "needs" : "need"} somebody.`;
}
