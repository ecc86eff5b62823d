"use client";

import { ActionForm } from "@/app/_ui/ActionForm";
import { buttonClass } from "@/app/_ui/Button";
import { SelectField, TextArea } from "@/app/_ui/Field";
import { Notice } from "@/app/_ui/Notice";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { rotate } from "../actions";
import { tabHref } from "../tabs";
import { Stored } from "./Stored";

interface Props {
  readonly agentId: string;
  readonly credentialId: string;
  readonly kind: "secret" | "key";
  /** What was rotated keeps its place, so that the new secret is seen there. */
  readonly offered: boolean;
}

export function RotateCredential({ agentId, credentialId, kind, offered }: Props) {
  return (
    <ActionForm
      action={rotate}
      hidden={{ agentId, credentialId }}
      className={offered ? "basis-full" : "hidden"}
      done={({ clientSecret }) => <Rotated agentId={agentId} clientSecret={clientSecret} />}
    >
      {offered ? (
        <details>
          <summary className={buttonClass("secondary", "inline-flex")}>Rotate</summary>
          <div className="mt-3 grid max-w-xl justify-items-start gap-3">
            {kind === "key" ? (
              <TextArea
                label="New public key"
                name="publicKey"
                required
                hint="A JWK, or PEM that begins with BEGIN PUBLIC KEY."
                autoComplete="off"
                spellCheck={false}
              />
            ) : null}
            <SelectField label="The one before" name="overlap" defaultValue="24h">
              <option value="0">ends at once</option>
              <option value="1h">ends in 1 hour</option>
              <option value="24h">ends in 24 hours</option>
              <option value="7d">ends in 7 days</option>
            </SelectField>
            <p className="text-muted">Until then both work, so that the agent can be given the new one in between. Its grants stay.</p>
            <SubmitButton look="danger">{kind === "key" ? "Yes, take the new key" : "Yes, make a new secret"}</SubmitButton>
          </div>
        </details>
      ) : null}
    </ActionForm>
  );
}

function Rotated({ agentId, clientSecret }: { readonly agentId: string; readonly clientSecret: string | null }) {
  return (
    <div className="basis-full">
      {clientSecret ? (
        <Stored agentId={agentId} clientSecret={clientSecret} />
      ) : (
        <Notice
          tone="ok"
          role="status"
          action={
            <a href={tabHref(agentId, "credentials", "proofs")} className={buttonClass("secondary")}>
              Show the keys
            </a>
          }
        >
          The new key proves the agent from now on.
        </Notice>
      )}
    </div>
  );
}
