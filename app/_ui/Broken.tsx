"use client";

import { useRouter } from "next/navigation";
import { startTransition } from "react";
import { Button } from "./Button";
import { Problem } from "./Problem";

/** Sentences for the codes that a page's read may be refused with. Closed: no text comes from the error itself. */
const SENTENCES: Record<string, string> = {
  unavailable: "A part of Valet is away right now, so nothing was given to anybody. It usually passes within a minute.",
  upstream_failed: "The service behind this page did not answer. It usually passes within a minute.",
  too_many_requests: "That was a lot at once. Wait a minute and try again.",
};

interface Props {
  /** A code and the request's number, or Next's own number alone. */
  readonly digest: string | undefined;
  readonly retry: () => void;
}

export function Broken({ digest = "", retry }: Props) {
  const router = useRouter();
  const [kind = "", request = kind] = digest.split(" ");
  const known = SENTENCES[kind];
  // What was drawn is forgotten, and read anew: drawing the same answer once more would fail once more.
  const again = () =>
    startTransition(() => {
      router.refresh();
      retry();
    });
  return (
    <Problem
      code={known ? kind : "server_error"}
      title="This page could not be shown"
      action={
        <Button look="primary" onClick={again}>
          Try again
        </Button>
      }
    >
      {known ?? "Something went wrong on our side. Nothing was changed."}{" "}
      {request ? (
        <span>
          If it stays, tell your admin this number: <span className="font-mono text-sm break-all">{request}</span>
        </span>
      ) : null}
    </Problem>
  );
}
