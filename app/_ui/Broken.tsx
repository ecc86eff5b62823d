"use client";

import { Button } from "./Button";
import { Problem } from "./Problem";

/** Sentences for the codes that a page's read may be refused with. Closed: no text comes from the error itself. */
const SENTENCES: Record<string, string> = {
  unavailable: "A part of Valet is away right now, so nothing was given to anybody. It usually passes within a minute.",
  upstream_failed: "The service behind this page did not answer. It usually passes within a minute.",
  too_many_requests: "That was a lot at once. Wait a minute and try again.",
};

interface Props {
  readonly digest: string | undefined;
  readonly retry: () => void;
}

export function Broken({ digest = "", retry }: Props) {
  const known = SENTENCES[digest];
  return (
    <Problem
      code={known ? digest : "server_error"}
      title="This page could not be shown"
      action={
        <Button look="primary" onClick={retry}>
          Try again
        </Button>
      }
    >
      {known ?? "Something went wrong on our side. Nothing was changed."}{" "}
      {known || !digest ? null : <span>If it stays, tell your admin this number: {digest.replace(/^bug /, "")}</span>}
    </Problem>
  );
}
