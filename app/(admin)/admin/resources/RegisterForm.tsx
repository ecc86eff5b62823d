"use client";

import { ActionForm } from "@/app/_ui/ActionForm";
import { Card } from "@/app/_ui/Card";
import { TextField } from "@/app/_ui/Field";
import { Saved } from "@/app/_ui/Saved";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { register } from "./actions";

export function RegisterForm() {
  return (
    <ActionForm action={register} label="Register a service">
      <Card className="grid gap-4 p-4">
        <TextField label="Name" name="name" required maxLength={60} />
        <TextField
          label="Address"
          name="resource"
          required
          maxLength={500}
          placeholder="https://deploy.example.com"
          hint="Absolute, without a fragment. Tokens name it byte for byte, and the service has to check that."
        />
        <TextField label="Scopes" name="scopes" optional hint="With spaces between: deploy:read deploy:run" />
        <div className="flex flex-wrap items-center gap-3">
          <SubmitButton>Register</SubmitButton>
          <Saved words="Registered" />
        </div>
      </Card>
    </ActionForm>
  );
}
