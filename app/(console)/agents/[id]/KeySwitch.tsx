import { ActionForm } from "@/app/_ui/ActionForm";
import { Card } from "@/app/_ui/Card";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { setDpop } from "../actions";

interface Props {
  readonly agent: { readonly id: string; readonly dpop: "optional" | "required" };
}

/** Whether every token of the agent has to be bound to a key of its own. Both can be taken back, so neither asks twice. */
export function KeySwitch({ agent }: Props) {
  const required = agent.dpop === "required";
  return (
    <ActionForm
      key={agent.dpop}
      action={setDpop}
      hidden={{ agentId: agent.id, dpop: required ? "optional" : "required" }}
      label="Proof of key"
    >
      <Card className="grid justify-items-start gap-3 p-4">
        <p>
          {required
            ? "Required. A token of this agent works only together with a proof of its key, so a stolen one is worthless."
            : "Optional. A token that the agent fetches without a proof works for whoever holds it, until it ends."}
        </p>
        <p className="text-muted">
          {required
            ? "It never gets the SaaS's own token: those cannot be bound to a key. Calls go through the gateway."
            : "Require it when the agent can sign DPoP proofs (RFC 9449). Calls then go through the gateway; a token of the SaaS's own that it already has lives until it ends."}
        </p>
        <SubmitButton look="secondary">{required ? "Make proof of key optional" : "Require proof of key"}</SubmitButton>
      </Card>
    </ActionForm>
  );
}
