import { HandHelping } from "lucide-react";
import type { Metadata } from "next";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { ActivityRows } from "@/app/_ui/ActivityRows";
import { isOrphan } from "@/app/_ui/AgentRows";
import { ButtonLink, buttonClass } from "@/app/_ui/Button";
import { Card, Section } from "@/app/_ui/Card";
import { DataList, Datum, Id } from "@/app/_ui/DataList";
import { Empty } from "@/app/_ui/Empty";
import { GrantRows } from "@/app/_ui/GrantRows";
import { Notice } from "@/app/_ui/Notice";
import { PageHeader } from "@/app/_ui/PageHeader";
import { Status } from "@/app/_ui/Status";
import { When } from "@/app/_ui/When";
import { WhoMark } from "@/app/_ui/Who";
import { plural } from "@/app/_ui/words";
import { listActivity } from "@/lib/activity/list";
import { type AgentSummary, getAgent } from "@/lib/agents/list";
import { listTrustRules } from "@/lib/agents/listTrustRules";
import { mayRun, maySee, owns } from "@/lib/agents/rules";
import { heldTokens } from "@/lib/agents/status";
import { type GrantView, listGrants } from "@/lib/grants/list";
import { PauseButton } from "../PauseButton";
import { Answering } from "./Answering";
import { HeldTokens } from "./HeldTokens";
import { KeySwitch } from "./KeySwitch";
import { OwnAccess } from "./OwnAccess";
import { Proofs } from "./Proofs";
import { Resolutions } from "./Resolutions";
import { Workloads } from "./Workloads";

export const metadata: Metadata = { title: "Agent" };

export default async function AgentPage({ params }: { readonly params: Promise<{ id: string }> }) {
  const ctx = await requirePerson();
  const agentId = (await params).id;
  const agent = await readForPage(() => getAgent(ctx, { agentId }));
  const mine = owns(ctx.actor.personId, agent);
  const sees = maySee(ctx.actor, agent);
  const everyone = ctx.actor.role !== "member";
  const [grants, activity, held] = await readForPage(() =>
    Promise.all([
      listGrants(ctx, { agentId, everyone }),
      listActivity(ctx, { agentId, limit: 8, everyone }),
      sees && (agent.status === "paused" || agent.orphaned) ? heldTokens(ctx, { agentId }) : [],
    ]),
  );
  const rules = await readForPage(() => listTrustRules(ctx, { agentId }));
  const current = grants.filter((grant) => grant.state !== "ended" && grant.state !== "revoked");
  const runs = mayRun(ctx.actor, agent);
  const now = ctx.clock.now();
  return (
    <>
      <PageHeader
        title={agent.name}
        lead={agent.purpose}
        mark={<WhoMark kind="agent" large />}
        back={mine || !everyone ? { href: "/agents", label: "Agents" } : { href: "/admin/agents", label: "All agents" }}
        actions={
          <>
            {agent.status === "active" && !agent.orphaned ? (
              <ButtonLink look="primary" href={`/grants/new?agent=${agent.id}`}>
                <HandHelping aria-hidden="true" />
                Lend access
              </ButtonLink>
            ) : null}
            {runs ? <PauseButton agent={agent} look={agent.status === "paused" ? "primary" : "danger-quiet"} /> : null}
          </>
        }
      />
      <Standing agent={agent} runs={runs} />
      <HeldTokens tokens={held} />
      <SharedKeys grants={current} />
      <Section id="now" title="What it can do now" lead={everyone ? "Everybody's grants." : "What you lent it."}>
        {current.length === 0 ? (
          <Empty icon={HandHelping} title="Nothing">
            It can prove who it is, and that is all.
          </Empty>
        ) : (
          <GrantRows grants={current} now={now} withPerson={everyone} withoutAgent />
        )}
        <Unseen agent={agent} shown={grants.filter((grant) => !grant.revokedAt && grant.expiresAt > now).length} />
      </Section>
      {mine || everyone ? (
        <>
          <OwnAccess ctx={ctx} agentId={agentId} />
          <Resolutions ctx={ctx} agentId={agentId} runs={runs} />
        </>
      ) : null}
      <Section
        id="activity"
        title="Activity"
        actions={<ButtonLink href={`/activity?agent=${agent.id}${everyone ? "&everyone=1" : ""}`}>See all</ButtonLink>}
      >
        <ActivityRows rows={activity.rows} now={now} empty="It has done nothing yet." />
      </Section>
      <Answering agent={agent} runs={runs} />
      <Section id="details" title="Details">
        <Facts agent={agent} now={now} />
      </Section>
      {sees ? <Proofs agentId={agent.id} runs={runs} /> : null}
      <Workloads rules={rules} now={now} />
      {runs ? (
        <Section id="key" title="Proof of key" lead="Whether a token of the agent is bound to a key that only the agent holds.">
          <KeySwitch agent={agent} />
        </Section>
      ) : null}
    </>
  );
}

/** One warning for each key: it stands as long as the grant does. */
function SharedKeys({ grants }: { readonly grants: readonly GrantView[] }) {
  return grants
    .filter((grant) => grant.warning !== null)
    .map((grant) => (
      <Notice key={grant.id} tone="warn" title={`It uses a shared key at ${grant.connectorName}`}>
        {grant.warning}
      </Notice>
    ));
}

function Standing({ agent, runs }: { readonly agent: AgentSummary; readonly runs: boolean }) {
  if (isOrphan(agent)) {
    return (
      <Notice
        tone="danger"
        title="Its owner is gone"
        action={
          runs ? (
            <a href="#answering" className={buttonClass("secondary")}>
              Give it an owner
            </a>
          ) : null
        }
      >
        {agent.ownerName} is {agent.ownerStatus}
        {agent.secondOwnerName ? `, ${agent.secondOwnerName} is ${agent.secondOwnerStatus}` : null}, so the agent is stopped. Revoke what
        you lent it, or ask an admin.
      </Notice>
    );
  }
  if (agent.status === "active") return <Alone agent={agent} />;
  return (
    <Notice tone="warn" title="Paused">
      Every call is refused. Its grants stay, and run out meanwhile.
    </Notice>
  );
}

/** It goes on with its second owner, and falls with them. */
function Alone({ agent }: { readonly agent: AgentSummary }) {
  if (agent.ownerStatus === "active") return null;
  return (
    <Notice tone="warn" title="It goes on with its second owner">
      {agent.ownerName} is {agent.ownerStatus}. When {agent.secondOwnerName} leaves too, the agent is stopped.
    </Notice>
  );
}

/** The owner may know how many, not whose: other people's grants are theirs. */
function Unseen({ agent, shown }: { readonly agent: AgentSummary; readonly shown: number }) {
  const more = agent.liveGrants - shown;
  return more > 0 ? <p className="text-sm text-muted">Other people lent it {plural(more, "more grant")}.</p> : null;
}

function Facts({ agent, now }: { readonly agent: AgentSummary; readonly now: Date }) {
  return (
    <Card>
      <DataList>
        <Datum name="State">
          <Status state={isOrphan(agent) ? "orphaned" : agent.status} />
        </Datum>
        <Datum name="Registered">
          <When at={agent.createdAt} now={now} />
        </Datum>
        <Datum name="Last used">
          <When at={agent.lastUsedAt} now={now} />
        </Datum>
        <Datum name="Client id">
          <Id>{agent.id}</Id>
        </Datum>
      </DataList>
    </Card>
  );
}
