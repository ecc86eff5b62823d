import { Clock, Fence, Fingerprint, Route, ShieldCheck } from "lucide-react";
import type { ReactNode } from "react";
import { AccessTag } from "@/app/_ui/AccessTag";
import { Card } from "@/app/_ui/Card";
import { PatternTag } from "@/app/_ui/PatternTag";
import { Permissions } from "@/app/_ui/Permissions";
import { When } from "@/app/_ui/When";
import { Who } from "@/app/_ui/Who";
import type { GrantSummary } from "@/lib/grants/preview";
import { DELIVERY_WORDS } from "../words";
import { Agree } from "./Agree";
import { Authority } from "./Authority";
import { Choice } from "./Choice";
import { type Draft, draftPath } from "./draft";
import { WhoHolds } from "./WhoHolds";

interface Props {
  readonly draft: Draft;
  readonly summary: GrantSummary;
  readonly now: Date;
  /** Whether this person may say that the account is nobody's in person. */
  readonly admin: boolean;
}

/** What the person is about to agree to, in plain words. It is kept word for word as the consent record. */
export function Review({ draft, summary, now, admin }: Props) {
  const { agentName, agentPurpose, agentOwnerName, connectorName, accountName, sentence, enforcement, expiresAt, permissions, access } =
    summary;
  return (
    <div className="grid max-w-3xl grid-cols-[minmax(0,1fr)] gap-5">
      <Card>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-1 border-b p-4">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-md">
            <Who kind="agent" name={agentName} /> {MAY[summary.pattern]} <strong className="font-semibold">{connectorName}</strong>{" "}
            <span className="text-muted">{accountName}</span>
          </p>
          <p className="text-sm text-muted">
            Its purpose: {agentPurpose}. Owned by {agentOwnerName}.
          </p>
        </div>
        <div className="grid gap-3.5 border-b p-4">
          <div className="flex flex-wrap items-center gap-2">
            <p className="text-md font-semibold">{sentence}</p>
            <AccessTag access={access} />
            <PatternTag pattern={summary.pattern} />
          </div>
          <Fact icon={Fingerprint}>{summary.authority}</Fact>
          <Fact icon={ShieldCheck}>{enforcement}</Fact>
          {summary.bounds.map((bound) => (
            <Fact key={bound} icon={Fence}>
              {bound}.
            </Fact>
          ))}
          <Fact icon={Clock}>
            It ends <When at={expiresAt} now={now} /> by itself, and at once when you revoke it.
          </Fact>
          {summary.directPossible ? null : (
            <Fact icon={Route}>
              {DELIVERY_WORDS[summary.delivery]} {summary.whyNotDirect}
            </Fact>
          )}
        </div>
        <div className="grid gap-3 p-4">
          <h2 className="text-md font-semibold tracking-tight">What it gets</h2>
          <Permissions list={permissions} />
        </div>
      </Card>
      {admin && summary.pattern !== "shared_key" ? <Authority draft={draft} chosen={summary.pattern} accountName={accountName} /> : null}
      {summary.separateConsent ? <WhoHolds draft={draft} summary={summary} /> : null}
      {summary.directPossible ? <Delivery draft={draft} chosen={summary.delivery} /> : null}
      <Agree draft={draft} summary={summary} />
    </div>
  );
}

const MAY = { delegated: "may act as you at", own: "may act as itself at", shared_key: "may use a shared key at" } as const;

function Fact({ icon: Icon, children }: { readonly icon: typeof Clock; readonly children: ReactNode }) {
  return (
    <p className="flex items-start gap-2.5">
      <Icon className="mt-0.5 size-4 shrink-0 text-muted" aria-hidden="true" />
      <span>{children}</span>
    </p>
  );
}

const CHOICES = [
  ["gateway", "Through Valet's gateway"],
  ["direct", "Direct"],
] as const;

/** Offered only where both can be held. Each choice is a link to the same summary, made anew. */
function Delivery({ draft, chosen }: { readonly draft: Draft; readonly chosen: "direct" | "gateway" }) {
  return (
    <section aria-labelledby="delivery" className="grid gap-2">
      <h2 id="delivery" className="text-md font-semibold tracking-tight">
        How the agent reaches it
      </h2>
      <ul className="grid gap-2 sm:grid-cols-2">
        {CHOICES.map(([value, title]) => (
          <li key={value}>
            <Choice href={draftPath({ ...draft, delivery: value }, { review: true })} chosen={value === chosen} title={title}>
              {DELIVERY_WORDS[value]}
            </Choice>
          </li>
        ))}
      </ul>
    </section>
  );
}
