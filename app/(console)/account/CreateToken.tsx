"use client";

import { ActionForm } from "@/app/_ui/ActionForm";
import { buttonClass } from "@/app/_ui/Button";
import { Card } from "@/app/_ui/Card";
import { SelectField, TextField } from "@/app/_ui/Field";
import { Secret } from "@/app/_ui/Secret";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { createToken } from "./actions";

export function CreateToken() {
  return (
    <ActionForm action={createToken} label="New API token" done={({ token }) => <Created token={token} />}>
      <Card className="grid gap-4 p-4 sm:grid-cols-[minmax(0,1fr)_11rem_auto] sm:items-start">
        <TextField label="Token name" name="name" required maxLength={80} placeholder="Backup script" autoComplete="off" />
        <SelectField label="Ends after" name="lifetimeDays" defaultValue="90">
          <option value="7">7 days</option>
          <option value="30">30 days</option>
          <option value="90">90 days</option>
          <option value="365">1 year</option>
        </SelectField>
        <SubmitButton look="secondary" className="sm:mt-6.5">
          Create token
        </SubmitButton>
      </Card>
    </ActionForm>
  );
}

function Created({ token }: { readonly token: string }) {
  return (
    <Secret
      title="Store this token now"
      lines={[{ label: "API token", value: token }]}
      next={
        <a href="/account" className={buttonClass("secondary")}>
          I have stored it
        </a>
      }
    >
      It is shown this once and can do all that you can through the API.
    </Secret>
  );
}
