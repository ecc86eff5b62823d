import { ActionForm } from "@/app/_ui/ActionForm";
import { Card } from "@/app/_ui/Card";
import { Confirm } from "@/app/_ui/Confirm";
import { Notice } from "@/app/_ui/Notice";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import type { WhatStops } from "@/lib/overview/whatStops";
import { endGrant, letAgentGoOn, letPersonGoOn, stopAgent, stopPerson } from "./actions";
import { stopSentence, tokensSentence } from "./words";

export type Height = "grant" | "agent" | "person";

interface Props {
  readonly height: Height;
  readonly id: string;
  readonly what: WhatStops;
  readonly admin: boolean;
  readonly now: Date;
}

/** One grant, agent or person: what would stop, the button, and the way back. */
export function StopOne({ height, id, what, admin, now }: Props) {
  const name = what.name ?? "";
  if (what.stopped) return <Stopped {...{ height, id, what, admin, now }} />;
  return (
    <Card className="grid gap-3 p-4">
      <p className="text-md">{stopSentence(what)}</p>
      <p className="text-muted">{tokensSentence(what, now)}</p>
      {admin ? (
        <div>
          <Confirm {...BUTTONS[height](name)} {...ACTIONS[height](id)} look="danger">
            <p>{stopSentence(what)} The very next exchange or call is refused.</p>
            <p>{tokensSentence(what, now)}</p>
          </Confirm>
        </div>
      ) : null}
    </Card>
  );
}

const BUTTONS = {
  grant: (name: string) => ({ trigger: "Revoke the grant", title: `Revoke this grant of ${name}?`, confirm: "Yes, revoke it" }),
  agent: (name: string) => ({ trigger: "Stop the agent", title: `Stop ${name}?`, confirm: "Yes, stop it" }),
  person: (name: string) => ({
    trigger: "Stop all that is lent",
    title: `Stop all that ${name} lends?`,
    confirm: "Yes, stop all of it",
  }),
} as const;

const ACTIONS = {
  grant: (grantId: string) => ({ action: endGrant, hidden: { grantId } }),
  agent: (agentId: string) => ({ action: stopAgent, hidden: { agentId } }),
  person: (personId: string) => ({ action: stopPerson, hidden: { personId } }),
} as const;

function Stopped({ height, id, what, admin, now }: Props) {
  return (
    <Notice tone="warn" title={TITLES[height](what.name ?? "")} role="status" action={admin ? <GoOn height={height} id={id} /> : null}>
      {what.tokens > 0 ? tokensSentence(what, now) : "Nothing of it gives anything."}
    </Notice>
  );
}

const TITLES = {
  grant: (name: string) => `The grant of ${name} is revoked`,
  agent: (name: string) => `${name} is stopped`,
  person: (name: string) => `All that ${name} lends is stopped`,
} as const;

/** A revoked grant does not come back: it is lent anew. */
function GoOn({ height, id }: Pick<Props, "height" | "id">) {
  if (height === "grant") return null;
  const [action, hidden] = height === "agent" ? ([letAgentGoOn, { agentId: id }] as const) : ([letPersonGoOn, { personId: id }] as const);
  return (
    <ActionForm action={action} hidden={hidden}>
      <SubmitButton look="secondary">Let it go on</SubmitButton>
    </ActionForm>
  );
}
