"use client";

import { ExternalLink, HandHelping } from "lucide-react";
import { useFormStatus } from "react-dom";
import { ActionForm } from "@/app/_ui/ActionForm";
import { ButtonLink } from "@/app/_ui/Button";
import { Leaving } from "@/app/_ui/Leaving";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import type { GrantSummary } from "@/lib/grants/preview";
import { beginSeparately, lend } from "../actions";
import { type Draft, draftPath } from "./draft";
import { boundsOf } from "./draftBounds";

interface Props {
  readonly draft: Draft;
  readonly summary: Pick<GrantSummary, "agentName" | "connectorName" | "delivery">;
}

/** The button that lends; or, for a grant with a consent of its own, the one that leads to the service first. */
export function Agree({ draft, summary: { agentName, connectorName, delivery } }: Props) {
  const hidden = {
    agentId: draft.agent,
    connectionId: draft.connection,
    lifetime: draft.lifetime,
    delivery,
    ...(draft.pattern ? { pattern: draft.pattern } : {}),
  };
  const bounds = boundsOf(draft.bounds);
  const chosen = (
    <>
      {draft.scopes.map((scope) => (
        <input key={scope} type="hidden" name="scopes" value={scope} />
      ))}
      {bounds ? <input type="hidden" name="bounds" value={JSON.stringify(bounds)} /> : null}
    </>
  );
  const change = <ButtonLink href={draftPath(draft)}>Change</ButtonLink>;
  if (draft.consent !== "separate") {
    return (
      <ActionForm action={lend} hidden={hidden}>
        {chosen}
        <div className="flex flex-wrap items-center gap-2">
          <SubmitButton>
            <HandHelping aria-hidden="true" />
            Lend access
          </SubmitButton>
          {change}
          <Testing agentName={agentName} />
        </div>
      </ActionForm>
    );
  }
  return (
    <ActionForm action={beginSeparately} hidden={hidden} done={({ authorizeUrl }) => <Leaving to={authorizeUrl} name={connectorName} />}>
      {chosen}
      <div className="flex flex-wrap items-center gap-2">
        <SubmitButton>
          <ExternalLink aria-hidden="true" />
          Agree at {connectorName}
        </SubmitButton>
        {change}
        <p className="text-sm text-muted">Choose the same account there. The grant is lent when you come back.</p>
      </div>
    </ActionForm>
  );
}

/** Lending is not over before the first self-test is: what takes the seconds. */
function Testing({ agentName }: { readonly agentName: string }) {
  const { pending } = useFormStatus();
  return (
    <p role="status" className="text-sm text-muted">
      {pending ? `Trying what ${agentName} must not be able to do, for ten seconds at most. It gets nothing before that…` : null}
    </p>
  );
}
