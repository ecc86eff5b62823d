import { Bot, Plus } from "lucide-react";
import type { Metadata } from "next";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { type AgentRow, AgentRows } from "@/app/_ui/AgentRows";
import { ButtonLink } from "@/app/_ui/Button";
import { Section } from "@/app/_ui/Card";
import { Empty } from "@/app/_ui/Empty";
import { PageHeader } from "@/app/_ui/PageHeader";
import { listAgents } from "@/lib/agents/list";
import { owns } from "@/lib/agents/rules";
import { type GrantView, listGrants } from "@/lib/grants/list";

export const metadata: Metadata = { title: "Agents" };

export default async function AgentsPage() {
  const ctx = await requirePerson();
  const [answered, grants] = await readForPage(() => Promise.all([listAgents(ctx, { scope: "mine" }), listGrants(ctx, { live: true })]));
  const mine = answered.filter((agent) => owns(ctx.actor.personId, agent));
  const sponsored = answered.filter((agent) => !mine.includes(agent));
  const others = strangers(grants, new Set(answered.map((agent) => agent.id)));
  const now = ctx.clock.now();
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
        lead="Software that acts. Each has a name, an owner and a secret of its own, and can do only what somebody lends it."
        actions={mine.length > 0 ? register : null}
      />
      <Section id="mine" title="Your agents" lead="You own these: you answer for them and can stop them.">
        {mine.length === 0 ? (
          <Empty icon={Bot} title="You have registered no agent" action={register}>
            Give it a name and say what it is for. It gets a secret, and can do nothing until you lend it something.
          </Empty>
        ) : (
          <AgentRows agents={mine} now={now} />
        )}
      </Section>
      {sponsored.length > 0 ? (
        <Section
          id="sponsored"
          title="Agents you sponsor"
          lead="You answer for why they exist. You see all of them; their owners change them."
        >
          <AgentRows agents={sponsored} now={now} withOwner />
        </Section>
      ) : null}
      {others.length > 0 ? (
        <Section id="others" title="Other people's agents you lent to" lead="You can revoke what you lent. Pausing is for their owners.">
          <AgentRows agents={others} now={now} />
        </Section>
      ) : null}
    </>
  );
}

/** The agents of somebody else behind the person's own live grants. */
function strangers(grants: readonly GrantView[], mine: ReadonlySet<string>): AgentRow[] {
  const rows = new Map<string, AgentRow>();
  for (const { agentId: id, agentName: name, lastUsedAt } of grants) {
    if (mine.has(id)) continue;
    const before = rows.get(id);
    const latest = [before?.lastUsedAt, lastUsedAt].reduce((a, b) => (!a || (b && b > a) ? b : a)) ?? null;
    rows.set(id, { id, name, purpose: null, status: "active", liveGrants: (before?.liveGrants ?? 0) + 1, lastUsedAt: latest });
  }
  return [...rows.values()];
}
