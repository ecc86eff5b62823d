import { HandHelping } from "lucide-react";
import type { Metadata } from "next";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { ButtonLink } from "@/app/_ui/Button";
import { Section } from "@/app/_ui/Card";
import { Empty } from "@/app/_ui/Empty";
import { ExportLink } from "@/app/_ui/ExportLink";
import { GrantRows } from "@/app/_ui/GrantRows";
import { PageHeader } from "@/app/_ui/PageHeader";
import { ViewSwitch } from "@/app/_ui/ViewSwitch";
import { listAgents } from "@/lib/agents/list";
import type { GrantView } from "@/lib/grants/list";
import { searchGrants } from "@/lib/grants/page";
import { readLendingPause } from "@/lib/people/lending";
import { LendingPaused } from "../LendingPaused";
import { Filters } from "./Filters";
import { RevokeButton } from "./RevokeButton";
import { type Address, addressOf, isFiltered, readAddress, type Shown, searchOf } from "./search";

export const metadata: Metadata = { title: "Grants" };

export default async function GrantsPage({ searchParams }: { readonly searchParams: Promise<Address> }) {
  const ctx = await requirePerson();
  const address = await searchParams;
  const asked = readAddress(address);
  const sees = ctx.actor.role !== "member";
  const shown = { ...asked, everyone: asked.everyone && sees };
  const [page, agents, pause] = await readForPage(() =>
    Promise.all([
      searchGrants(ctx, searchOf(shown, address.after)),
      listAgents(ctx, { scope: shown.everyone ? "all" : "lendable" }),
      readLendingPause(ctx),
    ]),
  );
  const { open, over } = page.counts;
  const mayRevoke = (grant: GrantView) => grant.personId === ctx.actor.personId || ctx.actor.role === "admin";
  return (
    <>
      <PageHeader
        title="Grants"
        lead={
          shown.everyone ? "What everybody lent, and until when." : "What you lent to agents, and until when. Every grant ends by itself."
        }
        actions={
          <>
            {page.grants.length > 0 ? <ExportLink list="grants" words="these grants" filter={searchOf(shown, undefined)} /> : null}
            <ButtonLink look="primary" href="/grants/new">
              <HandHelping aria-hidden="true" />
              New grant
            </ButtonLink>
          </>
        }
      />
      <LendingPaused pause={pause} now={ctx.clock.now()} />
      <div className="flex flex-wrap gap-3">
        <ViewSwitch
          label="State"
          choices={[
            { href: addressOf({ ...shown, state: "open" }), words: `Open (${open})`, here: shown.state === "open" },
            { href: addressOf({ ...shown, state: "over" }), words: `Over (${over})`, here: shown.state === "over" },
          ]}
        />
        {sees ? (
          <ViewSwitch
            label="Whose grants"
            choices={[
              { href: addressOf({ ...shown, everyone: false }), words: "Mine", here: !shown.everyone },
              { href: addressOf({ ...shown, everyone: true }), words: "Everyone's", here: shown.everyone },
            ]}
          />
        ) : null}
      </div>
      {open + over > 0 || isFiltered(shown) ? <Filters shown={shown} agents={agents} /> : null}
      {page.grants.length === 0 ? <Nothing shown={shown} /> : null}
      {sectionsOf(page.grants).map(({ id, title, lead, grants }) => (
        <Section key={id} id={id} title={title} lead={lead}>
          <GrantRows
            grants={grants}
            now={ctx.clock.now()}
            withPerson={shown.everyone}
            {...(id === "over" ? {} : { action: (grant: GrantView) => (mayRevoke(grant) ? <RevokeRow grant={grant} /> : null) })}
          />
        </Section>
      ))}
      <Pages shown={shown} after={address.after} next={page.nextCursor} />
    </>
  );
}

const SECTIONS = [
  {
    id: "suspended",
    title: "Suspended",
    lead: "A self-test found something open that should be shut. They give nothing until a test has seen it shut.",
    has: (grant: GrantView) => grant.stateReason === "grant_suspended",
  },
  { id: "live", title: "Live", lead: "What ends soonest comes first.", has: (grant: GrantView) => grant.state === "live" },
  {
    id: "waiting",
    title: "Waiting",
    lead: "They give nothing now and come back when their cause is gone: a paused agent, an account to reconnect.",
    has: ({ state, stateReason }: GrantView) => stateReason !== "grant_suspended" && (state === "paused" || state === "blocked"),
  },
  {
    id: "over",
    title: "Over",
    lead: "They ended or were revoked, and give nothing any more.",
    has: ({ state }: GrantView) => state === "ended" || state === "revoked",
  },
] as const;

function sectionsOf(grants: readonly GrantView[]) {
  return SECTIONS.map(({ has, ...section }) => ({ ...section, grants: grants.filter(has) })).filter((one) => one.grants.length > 0);
}

function RevokeRow({ grant: { id, separateConsent, ...grant } }: { readonly grant: GrantView }) {
  const { agentName, connectorName, accountName, delivery } = grant;
  return <RevokeButton grantId={id} {...{ agentName, connectorName, accountName, delivery }} separate={separateConsent !== null} inRow />;
}

function Nothing({ shown }: { readonly shown: Shown }) {
  if (isFiltered(shown)) {
    const clear = addressOf({ state: shown.state, everyone: shown.everyone });
    return (
      <Empty icon={HandHelping} title="No grant is like that" action={<ButtonLink href={clear}>Clear the filters</ButtonLink>}>
        Nothing that is {shown.state === "open" ? "open" : "over"} fits these filters.
      </Empty>
    );
  }
  if (shown.state === "over") {
    return (
      <Empty icon={HandHelping} title="Nothing is over yet">
        Grants that ended or were revoked are kept here.
      </Empty>
    );
  }
  return (
    <Empty icon={HandHelping} title="No grant is live" action={<ButtonLink href="/grants/new">New grant</ButtonLink>}>
      Nothing can act for you right now. Lend an agent a part of one of your accounts, for as long as you say.
    </Empty>
  );
}

interface PagesProps {
  readonly shown: Shown;
  readonly after: Address["after"];
  readonly next: string | null;
}

function Pages({ shown, after, next }: PagesProps) {
  if (!next && !after) return null;
  return (
    <nav aria-label="Pages" className="flex flex-wrap gap-2">
      {after ? <ButtonLink href={addressOf(shown)}>Back to the first</ButtonLink> : null}
      {next ? <ButtonLink href={addressOf(shown, next)}>Next page</ButtonLink> : null}
    </nav>
  );
}
