import { Fingerprint } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { Section } from "@/app/_ui/Card";
import { Empty } from "@/app/_ui/Empty";
import { Notice } from "@/app/_ui/Notice";
import { PageHeader } from "@/app/_ui/PageHeader";
import { listAgents } from "@/lib/agents/list";
import { listTrustRules } from "@/lib/agents/listTrustRules";
import { listIssuers } from "@/lib/trust/list";
import { AddIssuer } from "./AddIssuer";
import { IssuerCard } from "./IssuerCard";
import { RuleRows } from "./RuleRows";

export const metadata: Metadata = { title: "Trust" };

export default async function TrustPage() {
  const ctx = await requirePerson();
  if (ctx.actor.role === "member") notFound();
  const [issuers, rules, everyAgent] = await readForPage(() =>
    Promise.all([listIssuers(ctx), listTrustRules(ctx), listAgents(ctx, { scope: "all" })]),
  );
  const admin = ctx.actor.role === "admin";
  const agents = everyAgent.map(({ id, name, ownerName }) => ({ id, name, ownerName }));
  const now = ctx.clock.now();
  return (
    <>
      <PageHeader title="Trust" lead="Agents without a secret: whose tokens may prove them, and which workload is which agent." />
      {admin ? null : <Notice>Only an admin can change these.</Notice>}
      <Section
        id="issuers"
        title="Trusted issuers"
        lead="A trusted issuer proves nobody by itself: a rule says which of its workloads is which agent."
      >
        {issuers.length === 0 ? (
          <Empty icon={Fingerprint} title="Nobody yet">
            Trust a CI, a cluster, an identity provider or a SPIFFE trust domain, and its workloads need no secret of Valet's.
          </Empty>
        ) : (
          <ul className="grid items-start gap-3 xl:grid-cols-2">
            {issuers.map((issuer) => (
              <li key={issuer.id} id={issuer.id} className="scroll-mt-4">
                <IssuerCard issuer={issuer} agents={agents} admin={admin} now={now} />
              </li>
            ))}
          </ul>
        )}
      </Section>
      <Section id="rules" title="Rules" lead="Each lets one workload be one agent. A token that would be two agents is refused.">
        <RuleRows rules={rules} admin={admin} now={now} />
      </Section>
      {admin ? (
        <Section id="trust" title="Trust an issuer" lead="Its keys come from where you say, never from a token.">
          <AddIssuer />
        </Section>
      ) : null}
    </>
  );
}
