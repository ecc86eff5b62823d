import { CircleCheck, CircleDashed } from "lucide-react";
import { Live } from "@/app/_ui/Live";

interface Props {
  readonly grantId: string;
  readonly agentName: string;
  readonly arrived: boolean;
}

/** A light that turns green by itself when the agent uses the grant for the first time. */
export function FirstCall({ grantId, agentName, arrived }: Props) {
  return (
    <div role="status" className="flex items-start gap-2.5 rounded-lg border bg-surface px-3.5 py-2.5">
      {arrived ? (
        <>
          <CircleCheck aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-ok" />
          <p>It works: {agentName} has used this grant.</p>
        </>
      ) : (
        <>
          <CircleDashed aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-faint motion-safe:animate-pulse" />
          <div className="min-w-0">
            <p>Waiting for {agentName} to use it.</p>
            <p className="text-sm text-muted">
              Run one of these where the agent runs, with its secret in place. This turns green by itself when its first call is let
              through. Did it call and nothing happened? A refused call stands below, under Activity, with its reason.
            </p>
          </div>
          <Live from={`/activity/live?grant=${encodeURIComponent(grantId)}&kind=use&decision=allowed`} />
        </>
      )}
    </div>
  );
}
