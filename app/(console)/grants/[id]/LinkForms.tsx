"use client";

import { ActionForm } from "@/app/_ui/ActionForm";
import { Confirm } from "@/app/_ui/Confirm";
import { SelectField } from "@/app/_ui/Field";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { agree, endDelegation, endLink } from "../links";

interface Named {
  readonly id: string;
  readonly name: string;
}

interface AgreeProps {
  readonly grantId: string;
  readonly from: readonly Named[];
  readonly to: readonly (Named & { readonly ownerName: string })[];
}

/** The person agrees that one agent may hand work to another. */
export function AgreeLink({ grantId, from, to }: AgreeProps) {
  return (
    <ActionForm action={agree} hidden={{ grantId }} label="Let an agent hand work on" className="grid gap-3 sm:grid-cols-2">
      <SelectField label="From" name="fromAgentId">
        {from.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </SelectField>
      <SelectField label="To" name="toAgentId" required>
        <option value="">Choose an agent</option>
        {to.map(({ id, name, ownerName }) => (
          <option key={id} value={id}>
            {name}, of {ownerName}
          </option>
        ))}
      </SelectField>
      <div className="sm:col-span-2">
        <SubmitButton look="secondary">Let it hand work on</SubmitButton>
      </div>
    </ActionForm>
  );
}

interface Ends {
  readonly fromName: string;
  readonly toName: string;
}

export function RevokeLink({ linkId, fromName, toName }: Ends & { readonly linkId: string }) {
  return (
    <Confirm
      trigger={`Revoke link to ${toName}`}
      confirm="Yes, revoke"
      title={`May ${fromName} no longer hand work to ${toName}?`}
      action={endLink}
      hidden={{ linkId }}
    >
      <p>Everything that went this way, and all that was handed on from there, stops with its next call. {fromName} itself goes on.</p>
    </Confirm>
  );
}

export function RevokeDelegation({ delegationId, fromName, toName }: Ends & { readonly delegationId: string }) {
  return (
    <Confirm
      trigger={`Take back from ${toName}`}
      confirm="Yes, take it back"
      title={`Take back what ${fromName} handed on to ${toName}?`}
      action={endDelegation}
      hidden={{ delegationId }}
    >
      <p>It stops with its next call, and so does all that was handed on from there. The same agent can be handed work again.</p>
    </Confirm>
  );
}
