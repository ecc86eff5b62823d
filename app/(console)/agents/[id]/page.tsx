import { HandHelping } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import type { ReactNode } from "react";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { ButtonLink, buttonClass } from "@/app/_ui/Button";
import { Card, Section } from "@/app/_ui/Card";
import { DataList, Datum, Id } from "@/app/_ui/DataList";
import { Notice } from "@/app/_ui/Notice";
import { PageHeader } from "@/app/_ui/PageHeader";
import { PageTabs } from "@/app/_ui/PageTabs";
import { Status } from "@/app/_ui/Status";
import { When } from "@/app/_ui/When";
import { WhoMark } from "@/app/_ui/Who";
import { listActivity } from "@/lib/activity/list";
import { usesPerDay } from "@/lib/activity/usesPerDay";
import { type AgentSummary, getAgent } from "@/lib/agents/list";
import { listTrustRules } from "@/lib/agents/listTrustRules";
import { mayRun, maySee, owns } from "@/lib/agents/rules";
import { heldTokens } from "@/lib/agents/status";
import { type SeenAgentAccess, seeAgentAccess } from "@/lib/broker/agentAccess";
import type { PersonCtx } from "@/lib/ctx";
import { PauseButton } from "../PauseButton";
import { AGENT_TABS, type AgentTab, readTab, tabHref } from "../tabs";
import { Access } from "./Access";
import { Answering } from "./Answering";
import { Connect } from "./Connect";
import { Done } from "./Done";
import { HeldTokens } from "./HeldTokens";
import { KeySwitch } from "./KeySwitch";
import { OldAnchor } from "./OldAnchor";
import { OwnAccess } from "./OwnAccess";
import { Proofs } from "./Proofs";
import { Resolutions } from "./Resolutions";
import { StopButton } from "./StopButton";
import { Workloads } from "./Workloads";

export const metadata: Metadata = { title: "Agent" };

interface Props {
  readonly params: Promise<{ id: string }>;
  readonly searchParams: Promise<{ tab?: string | string[]; grant?: string | string[] }>;
}

/** Who looks, at what, and as how much to them. */
interface Look {
  readonly ctx: PersonCtx;
  readonly agent: AgentSummary;
  readonly seen: SeenAgentAccess;
  /** An owner or an admin: may change it. */
  readonly runs: boolean;
  /** Sees all of it. */
  readonly sees: boolean;
  /** An admin or an auditor: sees everybody's grants. */
  readonly everyone: boolean;
}

export default async function AgentPage({ params, searchParams }: Props) {
  const ctx = await requirePerson();
  const agentId = (await params).id;
  const { tab: asked, grant } = await searchParams;
  const agent = await readForPage(() => getAgent(ctx, { agentId }));
  const sees = maySee(ctx.actor, agent);
  const stopped = agent.status === "paused" || agent.orphaned;
  const [seen, held] = await readForPage(() =>
    Promise.all([seeAgentAccess(ctx, { agentId }), sees && stopped ? heldTokens(ctx, { agentId }) : []]),
  );
  const look: Look = { ctx, agent, seen, sees, runs: mayRun(ctx.actor, agent), everyone: ctx.actor.role !== "member" };
  const tabs = AGENT_TABS.filter(([tab]) => sees || tab === "access" || tab === "activity" || tab === "settings");
  const tab = tabs.find(([one]) => one === readTab(asked))?.[0] ?? "access";
  return (
    <>
      <Header look={look} />
      <Standing look={look} />
      <HeldTokens tokens={held} />
      <PageTabs
        label="Parts of this agent"
        tabs={tabs.map(([one, label]) => ({ label, href: tabHref(agentId, one), current: one === tab }))}
      />
      <OldAnchor agentId={agentId} />
      {await part(tab, look, typeof grant === "string" ? grant : undefined)}
    </>
  );
}

async function part(tab: AgentTab, look: Look, grantId: string | undefined): Promise<ReactNode> {
  const { ctx, agent, seen, everyone } = look;
  switch (tab) {
    case "access":
      return <Access {...{ agent, seen, everyone }} now={ctx.clock.now()} />;
    case "activity":
      return <ActivityPart look={look} />;
    case "credentials":
      return <CredentialsPart look={look} />;
    case "connect":
      return (
        <Connect
          agentId={agent.id}
          publicUrl={ctx.settings.publicUrl}
          live={seen.grants.filter(({ state }) => state === "live")}
          grantId={grantId}
        />
      );
    case "settings":
      return <SettingsPart look={look} />;
  }
}

const ROWS_SHOWN = 12;
const CHART_DAYS = 14;

async function ActivityPart({ look: { ctx, agent, everyone } }: { readonly look: Look }) {
  const [{ rows }, uses] = await readForPage(() =>
    Promise.all([
      listActivity(ctx, { agentId: agent.id, limit: ROWS_SHOWN, everyone }),
      usesPerDay(ctx, { agentIds: [agent.id], days: CHART_DAYS, everyone }),
    ]),
  );
  return <Done agentId={agent.id} days={uses.get(agent.id) ?? []} {...{ rows, everyone }} now={ctx.clock.now()} />;
}

async function CredentialsPart({ look: { ctx, agent, runs } }: { readonly look: Look }) {
  const rules = await readForPage(() => listTrustRules(ctx, { agentId: agent.id }));
  return (
    <>
      <Proofs agentId={agent.id} runs={runs} />
      <Workloads rules={rules} now={ctx.clock.now()} />
      {runs ? (
        <Section id="key" title="Proof of key" lead="Whether a token of the agent is bound to a key that only the agent holds.">
          <KeySwitch agent={agent} />
        </Section>
      ) : null}
    </>
  );
}

function SettingsPart({ look: { ctx, agent, runs, everyone } }: { readonly look: Look }) {
  return (
    <>
      <Answering agent={agent} runs={runs} />
      {owns(ctx.actor.personId, agent) || everyone ? (
        <>
          <Resolutions ctx={ctx} agentId={agent.id} runs={runs} />
          <OwnAccess ctx={ctx} agentId={agent.id} />
        </>
      ) : null}
      <Section id="details" title="Details">
        <Facts agent={agent} now={ctx.clock.now()} />
      </Section>
    </>
  );
}

function Header({ look: { ctx, agent, seen, runs, everyone } }: { readonly look: Look }) {
  const stopped = agent.status === "paused" || agent.orphaned;
  const mine = owns(ctx.actor.personId, agent);
  return (
    <PageHeader
      title={agent.name}
      lead={
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Status state={agent.orphaned ? "orphaned" : agent.status} />
          <span className="min-w-0 break-words">{agent.purpose}</span>
        </span>
      }
      mark={<WhoMark kind="agent" large />}
      back={mine || !everyone ? { href: "/agents", label: "Agents" } : { href: "/admin/agents", label: "All agents" }}
      actions={
        <>
          {stopped ? null : (
            <ButtonLink look="primary" href={`/grants/new?agent=${agent.id}`}>
              <HandHelping aria-hidden="true" />
              Lend access
            </ButtonLink>
          )}
          {!runs ? null : agent.status === "paused" ? (
            <PauseButton agent={agent} look="primary" />
          ) : (
            <StopButton agent={agent} seen={seen} admin={ctx.actor.role === "admin"} />
          )}
        </>
      }
    />
  );
}

function Standing({ look: { agent, runs } }: { readonly look: Look }) {
  if (agent.orphaned) {
    return (
      <Notice
        tone="danger"
        title="Its owner is gone"
        action={
          runs ? (
            <Link href={tabHref(agent.id, "settings", "answering")} className={buttonClass("secondary")}>
              Give it an owner
            </Link>
          ) : null
        }
      >
        {agent.ownerName} is {agent.ownerStatus}
        {agent.secondOwnerName ? `, ${agent.secondOwnerName} is ${agent.secondOwnerStatus}` : null}, so the agent is stopped.{" "}
        {runs ? "It goes on as soon as somebody here owns it." : "Revoke what you lent it, or ask an admin."}
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

function Facts({ agent, now }: { readonly agent: AgentSummary; readonly now: Date }) {
  return (
    <Card>
      <DataList>
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
