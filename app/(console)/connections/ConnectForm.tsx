"use client";

import type { ReactNode } from "react";
import { ActionForm } from "@/app/_ui/ActionForm";
import { Leaving } from "@/app/_ui/Leaving";
import { beginConnecting } from "./actions";

interface Props {
  readonly connector: string;
  readonly connectorName: string;
  /** Set to reconnect. */
  readonly connectionId?: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/** Begins connecting, then takes the browser to the SaaS. */
export function ConnectForm({ connector, connectorName, connectionId, className, children }: Props) {
  const hidden = { connector, ...(connectionId ? { connectionId } : {}) };
  return (
    <ActionForm
      action={beginConnecting}
      hidden={hidden}
      {...(className ? { className } : {})}
      done={({ authorizeUrl }) => <Leaving to={authorizeUrl} name={connectorName} />}
    >
      {children}
    </ActionForm>
  );
}
