"use client";

import { useEffect } from "react";
import { buttonClass } from "./Button";
import { Notice } from "./Notice";

/** Takes the browser to a service, where the person says what Valet may have. A link, and by itself where scripts run. */
export function Leaving({ to, name }: { readonly to: string; readonly name: string }) {
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
