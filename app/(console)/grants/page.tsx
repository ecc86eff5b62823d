import { HandHelping } from "lucide-react";
import type { Metadata } from "next";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { ButtonLink } from "@/app/_ui/Button";
import { Section } from "@/app/_ui/Card";
import { Disclosure } from "@/app/_ui/Disclosure";
import { Empty } from "@/app/_ui/Empty";
import { GrantRows } from "@/app/_ui/GrantRows";
import { PageHeader } from "@/app/_ui/PageHeader";
import { ViewSwitch } from "@/app/_ui/ViewSwitch";
import { listGrants } from "@/lib/grants/list";

export const metadata: Metadata = { title: "Grants" };

export default async function GrantsPage({ searchParams }: { readonly searchParams: Promise<{ everyone?: string }> }) {
  const ctx = await requirePerson();
  const everyone = (await searchParams).everyone === "1" && ctx.actor.role !== "member";
  const grants = await readForPage(() => listGrants(ctx, { everyone }));
  const live = grants.filter((grant) => grant.state === "live");
  const suspended = grants.filter((grant) => grant.stateReason === "grant_suspended");
  const waiting = grants.filter((grant) => (grant.state === "paused" || grant.state === "blocked") && !suspended.includes(grant));
  const past = grants.filter((grant) => grant.state === "ended" || grant.state === "revoked");
  const rows = { now: ctx.clock.now(), withPerson: everyone };
  return (
    <>
      <PageHeader
        title="Grants"
        lead={everyone ? "What everybody lent, and until when." : "What you lent to agents, and until when. Every grant ends by itself."}
        actions={
          <ButtonLink look="primary" href="/grants/new">
            <HandHelping aria-hidden="true" />
            New grant
          </ButtonLink>
        }
      />
      {ctx.actor.role === "member" ? null : (
        <ViewSwitch
          label="Whose grants"
          choices={[
            { href: "/grants", words: "Mine", here: !everyone },
            { href: "/grants?everyone=1", words: "Everyone's", here: everyone },
          ]}
        />
      )}
      {suspended.length > 0 ? (
        <Section
          id="suspended"
          title="Suspended"
          lead="A self-test found something open that should be shut. They give nothing until a test has seen it shut."
        >
          <GrantRows grants={suspended} {...rows} />
        </Section>
      ) : null}
      <Section id="live" title="Live">
        {live.length === 0 ? (
          <Empty icon={HandHelping} title="No grant is live" action={<ButtonLink href="/grants/new">New grant</ButtonLink>}>
            Nothing can act for you right now. Lend an agent a part of one of your accounts, for as long as you say.
          </Empty>
        ) : (
          <GrantRows grants={live} {...rows} />
        )}
      </Section>
      {waiting.length > 0 ? (
        <Section
          id="waiting"
          title="Waiting"
          lead="They give nothing now and come back when their cause is gone: a paused agent, an account to reconnect."
        >
          <GrantRows grants={waiting} {...rows} />
        </Section>
      ) : null}
      {past.length > 0 ? (
        <Section id="past" title="Past">
          <Disclosure
            summary={`Show ${past.length} that ended or were revoked`}
            open={live.length + waiting.length + suspended.length === 0}
          >
            <GrantRows grants={past} {...rows} />
          </Disclosure>
        </Section>
      ) : null}
    </>
  );
}
