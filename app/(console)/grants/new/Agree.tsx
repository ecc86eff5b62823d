"use client";

import { ExternalLink, HandHelping } from "lucide-react";
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
  readonly summary: Pick<GrantSummary, "connectorName" | "delivery">;
}

/** The button that lends; or, for a grant with a consent of its own, the one that leads to the service first. */
export function Agree({ draft, summary: { connectorName, delivery } }: Props) {
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
        <div className="flex flex-wrap gap-2">
          <SubmitButton>
            <HandHelping aria-hidden="true" />
            Lend access
          </SubmitButton>
          {change}
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
