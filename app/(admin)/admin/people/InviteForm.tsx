"use client";

import { ActionForm } from "@/app/_ui/ActionForm";
import { buttonClass } from "@/app/_ui/Button";
import { Card } from "@/app/_ui/Card";
import { TextField } from "@/app/_ui/Field";
import { Secret } from "@/app/_ui/Secret";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { invite } from "./actions";
import { RoleField } from "./RoleField";

export function InviteForm() {
  return (
    <ActionForm action={invite} label="Invite a person" done={({ link, email }) => <Invited link={link} email={email} />}>
      <Card className="grid gap-4 p-4 sm:grid-cols-[minmax(0,1fr)_13rem_auto] sm:items-start">
        <TextField label="E-mail" name="email" type="email" required autoComplete="off" />
        <RoleField />
        <SubmitButton look="secondary" className="min-h-9 sm:mt-6">
          Invite
        </SubmitButton>
      </Card>
    </ActionForm>
  );
}

function Invited({ link, email }: { readonly link: string; readonly email: string }) {
  return (
    <Secret
      title={`Send this link to ${email}`}
      lines={[{ label: "Invitation link", value: link }]}
      next={
        <a href="/admin/people" className={buttonClass("secondary")}>
          Invite somebody else
        </a>
      }
    >
      It is shown this once, works once, and ends in 7 days. Whoever opens it joins, so send it where only they read.
    </Secret>
  );
}
