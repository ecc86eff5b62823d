"use client";

import { useFormStatus } from "react-dom";
import { ActionForm } from "@/app/_ui/ActionForm";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { test } from "../actions";

/** Attacks the grant anew; the evidence beside it is then the new one. */
export function TestNow({ grantId }: { readonly grantId: string }) {
  return (
    <ActionForm action={test} hidden={{ grantId }} label="Test this grant" className="flex flex-wrap items-center gap-3">
      <Progress />
      <SubmitButton look="secondary">Test now</SubmitButton>
    </ActionForm>
  );
}

function Progress() {
  const { pending } = useFormStatus();
  return (
    <span role="status" className="text-sm text-muted empty:-mr-3">
      {pending ? "Testing it, for ten seconds at most…" : null}
    </span>
  );
}
