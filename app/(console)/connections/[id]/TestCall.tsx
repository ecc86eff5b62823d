"use client";

import { useFormStatus } from "react-dom";
import { ActionForm, useFormState } from "@/app/_ui/ActionForm";
import { Notice } from "@/app/_ui/Notice";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { tryOut } from "../actions";

interface Props {
  readonly connectionId: string;
  readonly connectorName: string;
}

/** Asks the service now, and shows what it said. */
export function TestCall({ connectionId, connectorName }: Props) {
  return (
    <ActionForm action={tryOut} hidden={{ connectionId }} label="Try this account" className="grid gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <SubmitButton look="secondary">Make a test call</SubmitButton>
        <Progress connectorName={connectorName} />
      </div>
      <Result />
    </ActionForm>
  );
}

function Progress({ connectorName }: { readonly connectorName: string }) {
  const { pending } = useFormStatus();
  if (!pending) return null;
  return (
    <span role="status" className="text-sm text-muted">
      Asking {connectorName}, for ten seconds at most…
    </span>
  );
}

function Result() {
  const state = useFormState();
  const { pending } = useFormStatus();
  if (pending || state.status !== "done") return null;
  const { outcome, sentence, testedAt } = state.result as { outcome: "ok" | "failed"; sentence: string; testedAt: string };
  return (
    <Notice
      tone={outcome === "ok" ? "ok" : "danger"}
      role={outcome === "ok" ? "status" : "alert"}
      title={outcome === "ok" ? "It works" : "It did not work"}
    >
      {sentence} <time dateTime={testedAt}>Asked at {testedAt.slice(11, 19)} UTC.</time>
    </Notice>
  );
}
