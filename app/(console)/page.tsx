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
import { owns } from "@/lib/agents/rules";
import { listConnections } from "@/lib/connections/list";
import { listGrants } from "@/lib/grants/list";
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
  const [grants, agents, connections, activity, everywhere, pause] = await readForPage(() =>
    Promise.all([
      listGrants(ctx),
      listAgents(ctx, { scope: "mine" }),
      listConnections(ctx),
      listActivity(ctx, { acting: "agent", limit: 5 }),
      ctx.actor.role === "admin" ? listAgents(ctx, { scope: "all" }) : [],
      readLendingPause(ctx),
    ]),
  );
  const live = grants.filter((grant) => grant.state === "live");
  const used = grants.some((grant) => grant.uses > 0);
  const own = agents.filter((agent) => owns(ctx.actor.personId, agent));
  const now = ctx.clock.now();
  const done = {
    connected: connections.length > 0,
    registered: own.length > 0,
    lent: grants.length > 0,
    used,
    revoked: grants.some(({ revokedAt }) => revokedAt !== null),
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
      <Unowned agents={agents} everywhere={everywhere} />
      <Waiting connections={connections} grants={grants} now={now} />
      {done.used && (done.revoked || grants.length > 1) ? null : <FirstSteps done={done} />}
      {live.length > 0 ? (
        <Section id="agents" title="Can act as you now">
          <AgentCards grants={live} mine={own} now={now} />
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
