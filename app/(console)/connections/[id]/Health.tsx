import { ButtonLink } from "@/app/_ui/Button";
import { Notice } from "@/app/_ui/Notice";
import { plural } from "@/app/_ui/words";
import type { ConnectionSummary } from "@/lib/connections/list";
import type { ConnectorStatus } from "@/lib/setups/list";
import { Fix } from "../Fix";
import { causeOf } from "../Standing";

interface Props {
  readonly connection: ConnectionSummary;
  readonly fresh: "connected" | "reconnected" | null;
  /** Only for whoever can connect it. */
  readonly connector: ConnectorStatus | undefined;
}

/** What stands out about this connection right now, with the one thing to do about it. */
export function Health({ connection, fresh, connector }: Props) {
  const { health, connectorName, id } = connection;
  if (fresh && (health === "healthy" || health === "trouble")) {
    return (
      <Notice
        tone="ok"
        role="status"
        title={`${connectorName} is ${fresh}`}
        action={<ButtonLink href={`/grants/new?connection=${id}`}>Lend a part of it</ButtonLink>}
      >
        {freshWords(connection, fresh)}
      </Notice>
    );
  }
  switch (health) {
    case "healthy":
      return null;
    case "key_ends":
      return (
        <Notice tone="warn" title="A shared key" action={<Fix connection={connection} connector={connector} />}>
          {connection.warning}
        </Notice>
      );
    case "trouble":
      return (
        <Notice tone="warn" title="Its last refresh failed" action={<Fix connection={connection} connector={connector} />}>
          {causeOf(connection)}
        </Notice>
      );
    case "needs_reconnect":
    case "ended_there":
      return (
        <Notice tone="warn" title="This account needs you" action={<Fix connection={connection} connector={connector} />}>
          {causeOf(connection)}
        </Notice>
      );
    case "disconnected":
      return <Disconnected connection={connection} connector={connector} />;
  }
}

function freshWords({ accountName, agents }: ConnectionSummary, fresh: "connected" | "reconnected"): string {
  if (fresh === "reconnected") return `${accountName} works again, and with it the grants that were waiting.`;
  if (agents.length > 0) return `${accountName} is ready, and ${plural(agents.length, "agent has", "agents have")} a grant on it already.`;
  return `${accountName} is ready. No agent can use it until you lend a part of it.`;
}

function Disconnected({ connection, connector }: Pick<Props, "connection" | "connector">) {
  const again = connector ? <ButtonLink href={`/connections/new?connector=${connector.id}`}>Connect again</ButtonLink> : null;
  return (
    <Notice tone="info" role="status" title="Disconnected" action={again}>
      {causeOf(connection)}
    </Notice>
  );
}
