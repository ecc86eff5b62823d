"use client";

import type { ReactNode } from "react";
import { ActionForm } from "@/app/_ui/ActionForm";
import { Card } from "@/app/_ui/Card";
import { TextField } from "@/app/_ui/Field";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { recordKey } from "../../actions";

interface Props {
  readonly connector: string;
  readonly connectorName: string;
  /** Days as a date field wants them. */
  readonly earliest: string;
  readonly latest: string;
  readonly usual: string;
  /** What it is believed to be allowed. */
  readonly children: ReactNode;
}

export function RecordKeyForm({ connector, connectorName, earliest, latest, usual, children }: Props) {
  return (
    <ActionForm action={recordKey} hidden={{ connector }} label="Record a shared key" className="grid max-w-3xl gap-5">
      <Card className="grid gap-4 p-4">
        <TextField label="What it is known as" name="accountName" required maxLength={60} hint="For example: deploy key of the old CI" />
        <TextField
          label="The key"
          name="token"
          type="password"
          required
          autoComplete="off"
          hint={`Sealed when you send it, and never shown again. ${connectorName} is asked once whose account it opens.`}
        />
        <TextField label="Ends on" name="endsAt" type="date" required min={earliest} max={latest} defaultValue={usual} />
      </Card>
      {children}
      <div>
        <SubmitButton look="secondary">Record it</SubmitButton>
      </div>
    </ActionForm>
  );
}
