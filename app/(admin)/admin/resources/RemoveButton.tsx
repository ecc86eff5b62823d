"use client";

import { Confirm } from "@/app/_ui/Confirm";
import { plural } from "@/app/_ui/words";
import { remove } from "./actions";

interface Props {
  readonly resourceId: string;
  readonly name: string;
  readonly agents: number;
}

export function RemoveButton({ resourceId, name, agents }: Props) {
  return (
    <Confirm trigger={`Remove ${name}`} confirm="Yes, remove" title={`Remove ${name}?`} action={remove} hidden={{ resourceId }}>
      <p>{agents === 0 ? "No agent has access there." : `${plural(agents, "agent loses", "agents lose")} access there at once.`}</p>
      <p>Tokens that are out work there until they end, fifteen minutes at most.</p>
    </Confirm>
  );
}
