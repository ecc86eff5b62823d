"use client";

import { ActionForm } from "@/app/_ui/ActionForm";
import { buttonClass } from "@/app/_ui/Button";
import { Card } from "@/app/_ui/Card";
import { Disclosure } from "@/app/_ui/Disclosure";
import { TextArea, TextField } from "@/app/_ui/Field";
import { Saved } from "@/app/_ui/Saved";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { addKey } from "../actions";

interface Props {
  readonly agentId: string;
  /** Whom the agent's assertions must be for. */
  readonly audience: string;
}

export function AddKey({ agentId, audience }: Props) {
  return (
    <ActionForm action={addKey} hidden={{ agentId }} label="New key">
      <Card className="p-4">
        <details>
          <summary className={buttonClass("secondary", "inline-flex")}>Add a key</summary>
          <div className="mt-3 grid gap-3">
            <TextField label="What it is for" name="name" optional maxLength={60} placeholder="CI" autoComplete="off" />
            <TextArea
              label="Public key"
              name="publicKey"
              required
              hint="A JWK, or PEM that begins with BEGIN PUBLIC KEY: P-256, Ed25519, or RSA of 2048 bits and more. Never the private half."
              autoComplete="off"
              spellCheck={false}
            />
            <div className="flex flex-wrap items-center gap-3">
              <SubmitButton look="secondary">Add key</SubmitButton>
              <Saved words="Added" />
            </div>
            <Disclosure summary="How the agent uses it">
              <p className="text-sm text-muted">
                It sends <code>client_assertion</code>, a JWT that it signs: <code>iss</code> and <code>sub</code> are its client id,{" "}
                <code>aud</code> is <code className="break-all">{audience}</code>, <code>exp</code> within five minutes, and a new{" "}
                <code>jti</code> each time. OAuth libraries call it private_key_jwt.
              </p>
            </Disclosure>
          </div>
        </details>
      </Card>
    </ActionForm>
  );
}
