import { HandHelping } from "lucide-react";
import type { Metadata } from "next";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { ActivityRows } from "@/app/_ui/ActivityRows";
import { ButtonLink } from "@/app/_ui/Button";
import { Section } from "@/app/_ui/Card";
import { PageHeader } from "@/app/_ui/PageHeader";
import { listActivity } from "@/lib/activity/list";
import { listAgents } from "@/lib/agents/list";
import { countOrphans } from "@/lib/agents/orphans";
import { owns } from "@/lib/agents/rules";
import { listConnections } from "@/lib/connections/list";
import { readActAsMe } from "@/lib/grants/actAsMe";
import { readLendingPause } from "@/lib/people/lending";
import { AgentCards } from "./AgentCards";
import { accessSentence } from "./accessSentence";
import { FirstSteps } from "./FirstSteps";
import { LendingPaused } from "./LendingPaused";
import { PauseEverything } from "./PauseEverything";
import { Unowned } from "./Unowned";
import { Waiting } from "./Waiting";

export const metadata: Metadata = { title: { absolute: "Valet" } };

export default async function HomePage() {
  const ctx = await requirePerson();
  const [{ live, shown, waiting, waits, ever }, agents, connections, activity, orphans, pause] = await readForPage(() =>
    Promise.all([
      readActAsMe(ctx),
      listAgents(ctx, { scope: "mine" }),
      listConnections(ctx),
      listActivity(ctx, { acting: "agent", limit: 5 }),
      ctx.actor.role === "admin" ? countOrphans(ctx) : 0,
      readLendingPause(ctx),
    ]),
  );
  const own = agents.filter((agent) => owns(ctx.actor.personId, agent));
  const now = ctx.clock.now();
  const done = {
    connected: connections.length > 0,
    registered: own.length > 0,
    ...ever,
    lent: ever.lent > 0,
  };
  return (
    <>
      <PageHeader
        title="Home"
        lead={<p className="text-md text-ink">{accessSentence(live, pause !== null)}</p>}
        actions={
          live.length > 0 ? (
            <>
              {pause ? null : <PauseEverything live={live} />}
              <ButtonLink look="primary" href="/grants/new">
                <HandHelping aria-hidden="true" />
                New grant
              </ButtonLink>
            </>
          ) : null
        }
      />
      <LendingPaused pause={pause} now={now} />
      <Unowned agents={agents} orphans={orphans} />
      <Waiting connections={connections} grants={waiting} count={waits} now={now} />
      {done.used && (done.revoked || ever.lent > 1) ? null : <FirstSteps done={done} />}
      {live.length > 0 ? (
        <Section id="agents" title="Can act as you now">
          <AgentCards grants={shown} agents={new Set(live.map(({ agentId }) => agentId)).size} mine={own} now={now} />
        </Section>
      ) : null}
      {activity.rows.length > 0 ? (
        <Section id="recent" title="What agents did last" actions={<ButtonLink href="/activity?acting=agent">See all</ButtonLink>}>
          <ActivityRows rows={activity.rows} now={now} empty="" />
        </Section>
      ) : null}
    </>
  );
}
