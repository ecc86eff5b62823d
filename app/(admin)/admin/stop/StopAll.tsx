"use client";

import { ActionForm } from "@/app/_ui/ActionForm";
import { Confirm } from "@/app/_ui/Confirm";
import { TextField } from "@/app/_ui/Field";
import { Notice } from "@/app/_ui/Notice";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import { plural } from "@/app/_ui/words";
import { letAllGoOn, stopAll } from "./actions";

/** The one stop that is typed: it concerns everybody. */
export function StopAll({ words }: { readonly words: string }) {
  return (
    <ActionForm action={stopAll} className="grid gap-3" label="Stop everything" done={Stopped}>
      <TextField label={`Type ${words}`} name="confirm" autoComplete="off" spellCheck={false} />
      <div>
        <SubmitButton look="danger">Stop every agent</SubmitButton>
      </div>
    </ActionForm>
  );
}

function Stopped({ agents, alive }: { readonly agents: number; readonly alive: number }) {
  return (
    <Notice tone="warn" role="status" title={`Stopped ${plural(agents, "agent")}`}>
      {alive > 0
        ? `${plural(alive, "token")} of services' own could not be ended there and work until their end: see the pages of their grants.`
        : "No agent has anything in hand that still works."}
    </Notice>
  );
}

export function LetAllGoOn({ agents }: { readonly agents: number }) {
  return (
    <Confirm
      trigger="Let them go on"
      look="secondary"
      confirmLook="primary"
      title={`Let ${plural(agents, "agent")} go on?`}
      confirm="Yes, let them go on"
      action={letAllGoOn}
    >
      <p>What was lent to them and has not ended works again with their next call. Agents that were paused by themselves stay paused.</p>
    </Confirm>
  );
}
