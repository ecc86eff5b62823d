import { ActionForm } from "@/app/_ui/ActionForm";
import { SelectField, TextArea, TextField } from "@/app/_ui/Field";
import { Saved } from "@/app/_ui/Saved";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import type { IssuerKind } from "@/lib/trust/rules";
import { addRule } from "./actions";
import { claimFieldName } from "./conditionsOfForm";
import { KINDS } from "./kinds";
import { LiveCheck } from "./LiveCheck";

export interface AgentChoice {
  readonly id: string;
  readonly name: string;
  readonly ownerName: string;
}

interface Props {
  readonly issuer: { readonly id: string; readonly kind: IssuerKind; readonly name: string; readonly issuer: string };
  readonly agents: readonly AgentChoice[];
}

/** Which workload of this issuer is which agent. */
export function AddRule({ issuer, agents }: Props) {
  const { id: issuerId, kind, name } = issuer;
  if (agents.length === 0) return <p className="text-sm text-muted">There is no agent yet. Somebody registers one first.</p>;
  return (
    <ActionForm action={addRule} hidden={{ issuerId }} className="grid gap-4" label={`Add a rule for ${name}`}>
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField label="Agent" name="agentId">
          {agents.map((agent) => (
            <option key={agent.id} value={agent.id}>
              {agent.name} ({agent.ownerName})
            </option>
          ))}
        </SelectField>
        <TextField label="Name of the rule" name="name" required autoComplete="off" hint="Your word for it, such as Deploy workflow." />
      </div>
      <LiveCheck kind={kind} issuer={issuer.issuer}>
        <div className="grid gap-4 sm:grid-cols-2">
          {KINDS[kind].claims.map(({ claim, label, hint, required }) => (
            <TextField
              key={claim}
              label={label}
              name={claimFieldName(claim)}
              optional={!required}
              required={required}
              autoComplete="off"
              spellCheck={false}
              hint={hint}
            />
          ))}
        </div>
        {kind === "spiffe" ? null : (
          <TextArea
            label="Further claims"
            name="more"
            optional
            spellCheck={false}
            hint="One per line: claim = value. a | b is either; an ending /* is everything below."
          />
        )}
      </LiveCheck>
      <div className="flex items-center justify-end gap-3">
        <Saved words="Added" />
        <SubmitButton look="secondary">Add the rule</SubmitButton>
      </div>
    </ActionForm>
  );
}
