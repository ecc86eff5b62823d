"use client";

import type { ButtonLook } from "@/app/_ui/Button";
import { Confirm } from "@/app/_ui/Confirm";
import { revoke } from "./actions";

interface Props {
  readonly grantId: string;
  readonly agentName: string;
  readonly connectorName: string;
  readonly accountName: string;
  readonly delivery: "direct" | "gateway";
  /** Whether the grant has a consent of its own at the service. */
  readonly separate?: boolean;
  readonly look?: ButtonLook;
  /** In a list: short, and which one for screen readers. */
  readonly inRow?: boolean;
}

export function RevokeButton({ grantId, agentName, connectorName, accountName, delivery, separate, inRow, look = "danger-quiet" }: Props) {
  return (
    <Confirm
      trigger={inRow ? "Revoke" : "Revoke grant"}
      {...(inRow ? { named: `${agentName}, ${connectorName} ${accountName}` } : {})}
      look={look}
      confirm="Yes, revoke"
      title={`Revoke the access of ${agentName}?`}
      action={revoke}
      hidden={{ grantId }}
    >
      <p>
        From this moment {agentName} gets nothing more from {connectorName}, {accountName}. It cannot be undone; you can lend anew.
      </p>
      {separate ? <p>The consent you gave {connectorName} for this grant alone is ended there too, where it can be.</p> : null}
      {delivery === "direct" ? (
        <p>
          It may still hold a short token made by {connectorName}. Valet ends it there where it can, and the grant's page says which are
          still alive and until when.
        </p>
      ) : null}
    </Confirm>
  );
}
