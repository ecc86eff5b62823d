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
    <p role="status" className="mb-3 flex items-center gap-2">
      {arrived ? (
        <>
          <CircleCheck aria-hidden="true" className="size-4 shrink-0 text-ok" />
          It works: {agentName} has used this grant.
        </>
      ) : (
        <>
          <CircleDashed aria-hidden="true" className="size-4 shrink-0 text-faint" />
          Waiting for {agentName} to use it. This turns green by itself.
          <Live from={`/activity/live?grant=${encodeURIComponent(grantId)}&kind=use&decision=allowed`} />
        </>
      )}
    </p>
  );
}
