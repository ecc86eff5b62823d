"use client";

import { ActionForm } from "@/app/_ui/ActionForm";
import { buttonClass } from "@/app/_ui/Button";
import { Card } from "@/app/_ui/Card";
import { Secret } from "@/app/_ui/Secret";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { renewSecret } from "../actions";

interface Props {
  readonly agentId: string;
  readonly lastFour: string | null;
}

export function RenewSecret({ agentId, lastFour }: Props) {
  return (
    <ActionForm
      action={renewSecret}
      hidden={{ agentId }}
      done={({ clientSecret }) => <Renewed agentId={agentId} clientSecret={clientSecret} />}
    >
      <Card className="p-4">
        <p className="font-mono text-sm">
          <span aria-hidden="true">vlt_agt_••••••••</span>
          <span className="sr-only">Ends in </span>
          {lastFour ?? "none"}
        </p>
        <details className="mt-3">
          <summary className={buttonClass("secondary", "inline-flex")}>Renew secret</summary>
          <div className="mt-3 grid justify-items-start gap-3 border-t pt-3">
            <p className="text-muted">The present secret ends at once: the agent is refused until it has the new one. Its grants stay.</p>
            <SubmitButton look="danger">Yes, make a new secret</SubmitButton>
          </div>
        </details>
      </Card>
    </ActionForm>
  );
}

function Renewed({ agentId, clientSecret }: { readonly agentId: string; readonly clientSecret: string }) {
  const lines = [
    { label: "Client id", value: agentId },
    { label: "Client secret", value: clientSecret },
  ];
  return (
    <Secret title="Store this secret now" lines={lines}>
      It is shown this once, and the one before it works no more.
    </Secret>
  );
}
