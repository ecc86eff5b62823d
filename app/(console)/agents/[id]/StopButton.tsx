import Link from "next/link";
import { Confirm } from "@/app/_ui/Confirm";
import { listInWords, plural } from "@/app/_ui/words";
import type { SeenAgentAccess } from "@/lib/broker/agentAccess";
import { pause } from "../actions";

interface Props {
  readonly agent: { readonly id: string; readonly name: string };
  readonly seen: SeenAgentAccess;
  readonly admin: boolean;
}

/** Pauses it, after saying in numbers what stops. */
export function StopButton({ agent, seen, admin }: Props) {
  return (
    <Confirm trigger="Pause agent" title={`Pause ${agent.name}?`} confirm="Yes, pause it" action={pause} hidden={{ agentId: agent.id }}>
      <p>{whatStops(seen)}</p>
      <p>Its very next call is refused. Nothing is revoked: grants run out meanwhile, and what is left goes on when you resume it.</p>
      {admin ? (
        <p>
          More than this?{" "}
          <Link href={`/admin/stop?agent=${agent.id}`} className="prose-link">
            Open the kill switch
          </Link>
        </p>
      ) : null}
    </Confirm>
  );
}

/** "2 grants at Demo Tracker and 1 grant of other people stop working." */
export function whatStops({ grants, ownAccess, hiddenGrants }: SeenAgentAccess): string {
  const live = grants.filter(({ state }) => state === "live");
  const places = [...new Set(live.map(({ connectorName }) => connectorName))];
  const parts = [
    live.length > 0 ? `${plural(live.length, "grant")} at ${listInWords(places)}` : "",
    hiddenGrants > 0 ? `${plural(hiddenGrants, "grant")} of other people` : "",
    ownAccess.length > 0 ? `its own access at ${plural(ownAccess.length, "service")}` : "",
  ].filter(Boolean);
  if (parts.length === 0) return "It can do nothing now, so nothing stops but its asking.";
  return `This stops ${listInWords(parts)}.`;
}
