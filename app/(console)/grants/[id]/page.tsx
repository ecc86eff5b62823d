import type { Metadata } from "next";
import { requirePerson } from "@/app/_server/person";
import { readForPage } from "@/app/_server/read";
import { ActivityRows } from "@/app/_ui/ActivityRows";
import { ButtonLink } from "@/app/_ui/Button";
import { Card, Section } from "@/app/_ui/Card";
import { Notice } from "@/app/_ui/Notice";
import { PageHeader } from "@/app/_ui/PageHeader";
import { Permissions } from "@/app/_ui/Permissions";
import { Snippets } from "@/app/_ui/Snippets";
import { WhoMark } from "@/app/_ui/Who";
import { listActivity } from "@/lib/activity/list";
import { listAgents } from "@/lib/agents/list";
import { listHandedOn, listLinks } from "@/lib/chains/list";
import type { PersonCtx } from "@/lib/ctx";
import type { Proof } from "@/lib/grants/evidence";
import { phraseExtension } from "@/lib/grants/extension";
import { type GrantDetail, type GrantView, getGrant } from "@/lib/grants/list";
import { grantLink } from "@/lib/grants/smallestGrant";
import { grantUsage } from "@/lib/grants/usage";
import { grantSnippets } from "../../agents/snippets";
import { RevokeButton } from "../RevokeButton";
import { Consent } from "./Consent";
import { Evidence } from "./Evidence";
import { Extend } from "./Extend";
import { FirstCall } from "./FirstCall";
import { GrantFacts } from "./GrantFacts";
import { HandsOn } from "./HandsOn";
import { History } from "./History";
import { LentTokens } from "./LentTokens";
import { moment } from "./phraseChange";
import { SeparateConsent } from "./SeparateConsent";
import { Usage } from "./Usage";

export const metadata: Metadata = { title: "Grant" };

interface Props {
  readonly params: Promise<{ id: string }>;
  readonly searchParams: Promise<{ lent?: string }>;
}

export default async function GrantPage({ params, searchParams }: Props) {
  const ctx = await requirePerson();
  const grantId = (await params).id;
  const grant = await readForPage(() => getGrant(ctx, { grantId }));
  const everyone = grant.personId !== ctx.actor.personId;
  const activity = await readForPage(() => listActivity(ctx, { grantId, limit: 6, everyone }));
  const usage = await readForPage(() => grantUsage(ctx, { grantId }));
  const fresh = (await searchParams).lent === "1";
  const now = ctx.clock.now();
  const useIt = placeOf(grant, fresh);
  const over = grant.state === "ended" || grant.state === "revoked";
  const mine = !everyone && !over ? grant.id : null;
  const chain = await readChain(ctx, grantId, { over, mine: mine !== null });
  const mayRevoke = !over && (!everyone || ctx.actor.role === "admin");
  return (
    <>
      <PageHeader
        title={`Grant to ${grant.agentName}`}
        lead={`On ${everyone ? `${grant.personName}'s` : "your"} ${grant.connectorName} account ${grant.accountName}`}
        mark={<WhoMark kind="agent" large />}
        back={{ href: "/grants", label: "Grants" }}
        actions={<Actions grant={grant} mine={!everyone} mayRevoke={mayRevoke} />}
      />
      <Standing grant={grant} fresh={fresh} />
      <Suspended grant={grant} />
      <UseIt grant={grant} publicUrl={ctx.settings.publicUrl} shown={useIt === "first"} />
      {grant.warning ? (
        <Notice tone="warn" title={over ? "It came from a shared key" : "It comes from a shared key"}>
          {grant.warning}
        </Notice>
      ) : null}
      {grant.separateConsent ? <SeparateConsent grant={grant} mine={!everyone} over={over} /> : null}
      <LentTokens tokens={grant.lentTokens} over={over} connectorName={grant.connectorName} now={now} />
      <div className="grid gap-7 xl:grid-cols-2">
        <Section id="may" title={over ? "What it could do" : "What it can do"}>
          <Card className="p-4">
            <Permissions list={grant.permissions} />
            <KeptTo words={grant.boundWords} />
          </Card>
        </Section>
        <Section id="facts" title="Details">
          <GrantFacts grant={grant} now={now} />
        </Section>
      </div>
      <Evidence proof={grant.selfTest} connectorName={grant.connectorName} now={now} grantId={mine} />
      <Usage usage={usage} connectorName={grant.connectorName} agentName={grant.agentName} now={now} grantId={mine} />
      <HandsOn grantId={grantId} {...grant} {...chain} now={now} />
      <UseIt grant={grant} publicUrl={ctx.settings.publicUrl} shown={useIt === "below"} />
      <Section
        id="activity"
        title="Activity"
        actions={<ButtonLink href={`/activity?grant=${grant.id}${everyone ? "&everyone=1" : ""}`}>See all</ButtonLink>}
      >
        <ActivityRows rows={activity.rows} now={now} empty="Nothing has happened with this grant yet." />
      </Section>
      <History ctx={ctx} grantId={grantId} everyone={everyone} />
      <Consent consent={grant.consent} now={now} />
    </>
  );
}

/** A later end, or none any more. What is over is lent anew: the form comes filled in. */
function Actions({ grant, mine, mayRevoke }: { readonly grant: GrantDetail; readonly mine: boolean; readonly mayRevoke: boolean }) {
  const { id, agentId, agentName, connectionId, scopes, bounds, extensions, state } = grant;
  const sentence = phraseExtension({ ...grant, permissions: scopes.length });
  const choices = extensions.map((one) => ({ ...one, until: moment(one.until) }));
  return (
    <>
      {choices.length > 0 ? <Extend grantId={id} {...{ agentName, sentence, choices }} /> : null}
      {mine && (state === "ended" || state === "revoked") ? (
        <ButtonLink look="primary" href={grantLink({ agentId, connectionId, scopes, bounds })}>
          Lend it anew
        </ButtonLink>
      ) : null}
      {mayRevoke ? <RevokeButton {...buttonProps(grant)} /> : null}
    </>
  );
}

/** Who may hand its work on, and what was handed on. `agents`: whom its person can still add. */
async function readChain(ctx: PersonCtx, grantId: string, { over, mine }: { readonly over: boolean; readonly mine: boolean }) {
  if (over) return { links: [], handedOn: [], agents: null };
  const [links, handedOn, agents] = await readForPage(() =>
    Promise.all([listLinks(ctx, { grantId }), listHandedOn(ctx, { grantId }), mine ? listAgents(ctx, { scope: "lendable" }) : null]),
  );
  return { links, handedOn, agents };
}

/** First when it was lent just now; where it stands does not change when its first call arrives. */
function placeOf({ state }: GrantView, fresh: boolean): "first" | "below" | null {
  if (state === "ended" || state === "revoked") return null;
  return fresh ? "first" : "below";
}

interface UseItProps {
  readonly grant: GrantView;
  readonly publicUrl: string;
  readonly shown: boolean;
}

function UseIt({ grant, publicUrl, shown }: UseItProps) {
  if (!shown) return null;
  return (
    <Section id="use" title="Use it" lead="Paste into the agent. VALET_CLIENT_SECRET is the secret it got when it was registered.">
      <FirstCall grantId={grant.id} agentName={grant.agentName} arrived={grant.uses > 0} />
      <Snippets label="Ways to use this grant" list={grantSnippets(grant, publicUrl)} />
    </Section>
  );
}

/** What narrows it beyond its permissions. */
function KeptTo({ words }: { readonly words: readonly string[] }) {
  if (words.length === 0) return null;
  return (
    <div className="mt-4 border-t pt-4">
      <h3 className="mb-1.5 text-sm font-medium text-muted">Kept to</h3>
      <ul className="grid gap-1">
        {words.map((one) => (
          <li key={one} className="break-words">
            {one}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The one thing to know about it right now. */
function Standing({ grant, fresh }: { readonly grant: GrantView; readonly fresh: boolean }) {
  const { state, agentName, stateSentence } = grant;
  if (state === "live") {
    if (!fresh || grant.uses > 0) return null;
    return (
      <Notice tone="ok" role="status" title="Access is lent">
        {agentName} can fetch it from now on. It needs its client id, its secret and this grant's id; the snippets below have the first and
        the last.
      </Notice>
    );
  }
  if (grant.stateReason === "grant_suspended") return null;
  const over = state === "ended" || state === "revoked";
  return (
    <Notice tone={over ? "info" : "warn"} role="status" title={over ? "It gives nothing any more" : "It gives nothing right now"}>
      {stateSentence}
    </Notice>
  );
}

/** Louder than anything else on the page: what was found open, in the words of the evidence. */
function Suspended({ grant }: { readonly grant: GrantView & { readonly selfTest: Proof | null } }) {
  if (grant.stateReason !== "grant_suspended") return null;
  const { open = [], evidence = [] } = grant.selfTest ?? {};
  const lately = (label: string) => evidence.find((one) => one.label === label && one.outcome !== "as_expected")?.sentence ?? `${label}.`;
  return (
    <Notice tone="danger" role="alert" title={`Suspended: ${grant.agentName} gets nothing`}>
      <p>{grant.stateSentence}</p>
      <ul className="list-inside list-disc">
        {open.map((label) => (
          <li key={label}>{lately(label)}</li>
        ))}
      </ul>
      <p>Test it again when that is mended, or revoke it and lend anew.</p>
    </Notice>
  );
}

function buttonProps({ id, agentName, connectorName, accountName, delivery, separateConsent }: GrantView) {
  return { grantId: id, agentName, connectorName, accountName, delivery, separate: separateConsent !== null };
}
