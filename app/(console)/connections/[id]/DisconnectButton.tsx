"use client";

import { Confirm } from "@/app/_ui/Confirm";
import { plural } from "@/app/_ui/words";
import { disconnect } from "../actions";

interface Props {
  readonly connectionId: string;
  readonly connectorName: string;
  readonly accountName: string;
  readonly stops: readonly { readonly id: string; readonly agentName: string }[];
}

export function DisconnectButton({ connectionId, connectorName, accountName, stops }: Props) {
  return (
    <div>
      <Confirm
        trigger="Disconnect"
        confirm="Yes, disconnect"
        title={`Disconnect ${connectorName}, ${accountName}?`}
        action={disconnect}
        hidden={{ connectionId }}
      >
        <p>{stops.length === 0 ? "No agent uses it, so nothing stops working." : `${plural(stops.length, "grant")} will end at once:`}</p>
        {stops.length > 0 ? (
          <ul className="max-h-40 list-disc overflow-y-auto pl-5">
            {stops.map((stop) => (
              <li key={stop.id}>{stop.agentName}</li>
            ))}
          </ul>
        ) : null}
        <p>Valet erases its keys and tells {connectorName} to end the access where that is possible. You will be told whether it was.</p>
      </Confirm>
    </div>
  );
}
