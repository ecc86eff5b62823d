"use client";

import { ActionForm } from "@/app/_ui/ActionForm";
import { Card } from "@/app/_ui/Card";
import { SelectField } from "@/app/_ui/Field";
import { Saved } from "@/app/_ui/Saved";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { setOrder } from "../actions";

interface Props {
  readonly agentId: string;
  readonly connectors: readonly { readonly id: string; readonly name: string }[];
}

const PLACES = [
  ["first", "First", "delegated"],
  ["second", "Then", ""],
  ["third", "And last", ""],
] as const;

export function OrderForm({ agentId, connectors }: Props) {
  return (
    <ActionForm action={setOrder} hidden={{ agentId }} label="Set the order for a service">
      <Card className="grid gap-4 p-4">
        <SelectField label="Service" name="connector">
          {connectors.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
        <div className="grid gap-4 sm:grid-cols-3">
          {PLACES.map(([name, label, usual]) => (
            <SelectField key={name} label={label} name={name} defaultValue={usual}>
              {usual === "" ? <option value="">Nothing more</option> : null}
              <option value="delegated">A person's authority</option>
              <option value="own">Its own</option>
              <option value="shared_key">A shared key</option>
            </SelectField>
          ))}
        </div>
        <div className="flex flex-wrap items-center gap-3">
          <SubmitButton look="secondary">Set the order</SubmitButton>
          <Saved />
        </div>
      </Card>
    </ActionForm>
  );
}
