"use client";

import { ActionForm } from "@/app/_ui/ActionForm";
import { Card } from "@/app/_ui/Card";
import { Confirm } from "@/app/_ui/Confirm";
import { SelectField, TextField } from "@/app/_ui/Field";
import { Saved } from "@/app/_ui/Saved";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { give, take } from "@/app/(admin)/admin/resources/actions";

interface Props {
  readonly agentId: string;
  readonly resources: readonly { readonly id: string; readonly name: string }[];
}

export function GiveForm({ agentId, resources }: Props) {
  return (
    <ActionForm action={give} hidden={{ agentId }} label="Give it access of its own">
      <Card className="grid gap-4 p-4">
        <SelectField label="Service of the house" name="resourceId">
          {resources.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
        <TextField label="Scopes there" name="scopes" optional hint="With spaces between. Empty: all that the service has." />
        <TextField label="Access ends on" name="endsAt" type="date" optional />
        <div className="flex flex-wrap items-center gap-3">
          <SubmitButton look="secondary">Give access</SubmitButton>
          <Saved words="Given" />
        </div>
      </Card>
    </ActionForm>
  );
}

export function TakeButton({
  agentId,
  ownAccessId,
  name,
}: {
  readonly agentId: string;
  readonly ownAccessId: string;
  readonly name: string;
}) {
  return (
    <Confirm
      trigger={`Take ${name} back`}
      confirm="Yes, take it back"
      title={`Take the access at ${name} back?`}
      action={take}
      hidden={{ agentId, ownAccessId }}
    >
      <p>The next request for a token is refused. Tokens that are out work there until they end, fifteen minutes at most.</p>
    </Confirm>
  );
}
