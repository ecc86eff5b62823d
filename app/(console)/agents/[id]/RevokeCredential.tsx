"use client";

import { Confirm } from "@/app/_ui/Confirm";
import { revoke } from "../actions";

interface Props {
  readonly agentId: string;
  readonly credentialId: string;
  /** "secret …a1B2": which one. */
  readonly called: string;
}

export function RevokeCredential({ agentId, credentialId, called }: Props) {
  return (
    <Confirm
      trigger="Revoke"
      named={called}
      confirm="Yes, revoke"
      title={`Revoke the ${called}?`}
      action={revoke}
      hidden={{ agentId, credentialId }}
    >
      <p>Whoever proves the agent by it is refused from now on. Its grants stay. This cannot be undone.</p>
    </Confirm>
  );
}
