"use client";

import { ActionForm } from "@/app/_ui/ActionForm";
import { buttonClass } from "@/app/_ui/Button";
import { Card } from "@/app/_ui/Card";
import { TextField } from "@/app/_ui/Field";
import { Notice } from "@/app/_ui/Notice";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { addSecret } from "../actions";
import { Stored } from "./Stored";

export function AddSecret({ agentId, banned }: { readonly agentId: string; readonly banned: boolean }) {
  if (banned) return <Notice title="Secrets are banned on this Valet">Every secret is refused, and no new one is made. Use keys.</Notice>;
  return (
    <ActionForm
      action={addSecret}
      hidden={{ agentId }}
      label="New secret"
      done={({ clientSecret }) => <Stored agentId={agentId} clientSecret={clientSecret} />}
    >
      <Card className="p-4">
        <details>
          <summary className={buttonClass("secondary", "inline-flex")}>Add a secret</summary>
          <div className="mt-3 grid justify-items-start gap-3">
            <TextField label="What it is for" name="name" optional maxLength={60} placeholder="laptop" autoComplete="off" />
            <SubmitButton look="secondary">Make a secret</SubmitButton>
          </div>
        </details>
      </Card>
    </ActionForm>
  );
}
