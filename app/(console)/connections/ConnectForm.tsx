"use client";

import { type ReactNode, useEffect } from "react";
import { ActionForm } from "@/app/_ui/ActionForm";
import { buttonClass } from "@/app/_ui/Button";
import { Notice } from "@/app/_ui/Notice";
import { beginConnecting } from "./actions";

interface Props {
  readonly connector: string;
  readonly connectorName: string;
  /** Set to reconnect. */
  readonly connectionId?: string;
  readonly children: ReactNode;
}

/** Begins connecting, then takes the browser to the SaaS. */
export function ConnectForm({ connector, connectorName, connectionId, children }: Props) {
  const hidden = { connector, ...(connectionId ? { connectionId } : {}) };
  return (
    <ActionForm
      action={beginConnecting}
      hidden={hidden}
      className="grid gap-5"
      done={({ authorizeUrl }) => <Leaving to={authorizeUrl} name={connectorName} />}
    >
      {children}
    </ActionForm>
  );
}

function Leaving({ to, name }: { readonly to: string; readonly name: string }) {
  useEffect(() => window.location.assign(to), [to]);
  return (
    <Notice
      title={`Taking you to ${name}`}
      role="status"
      action={
        <a href={to} className={buttonClass("primary")}>
          Continue to {name}
        </a>
      }
    >
      There you say whether Valet may have this access.
      <noscript>
        <meta httpEquiv="refresh" content={`0;url=${to}`} />
      </noscript>
    </Notice>
  );
}
