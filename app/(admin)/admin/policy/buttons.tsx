"use client";

import { ActionForm } from "@/app/_ui/ActionForm";
import { Confirm } from "@/app/_ui/Confirm";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { plural } from "@/app/_ui/words";
import { allowSecrets, banSecrets, rotateKey } from "./actions";

export function BanSecrets({ stranded }: { readonly stranded: number }) {
  return (
    <Confirm trigger="Ban secrets" confirm="Yes, ban them" title="Ban secrets?" action={banSecrets}>
      <p>
        Every secret is refused from the next proof on, and no new one is made.{" "}
        {stranded === 0 ? "No agent is left without a credential." : `${plural(stranded, "agent")} can then not prove themselves at all.`}
      </p>
    </Confirm>
  );
}

export function AllowSecrets() {
  return (
    <ActionForm action={allowSecrets}>
      <SubmitButton look="secondary">Allow secrets again</SubmitButton>
    </ActionForm>
  );
}

export function RotateKey() {
  return (
    <Confirm trigger="Rotate" look="secondary" confirm="Yes, rotate" title="Make the next signing key?" action={rotateKey}>
      <p>It is published at once and signs ten minutes later. The present one stays published until its last token has ended.</p>
    </Confirm>
  );
}
