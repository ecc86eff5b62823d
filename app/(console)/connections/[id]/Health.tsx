import { ButtonLink } from "@/app/_ui/Button";
import { Notice } from "@/app/_ui/Notice";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import type { ConnectionSummary } from "@/lib/connections/list";
import type { ConnectorStatus } from "@/lib/setups/list";
import { ConnectForm } from "../ConnectForm";

interface Props {
  readonly connection: ConnectionSummary;
  readonly fresh: "connected" | "reconnected" | null;
  /** Only for whoever can reconnect it. */
  readonly connector: ConnectorStatus | undefined;
}

/** What stands out about this connection right now, with the one thing to do about it. */
export function Health({ connection, fresh, connector }: Props) {
  const { status, statusNote, connectorName, accountName, id } = connection;
  if (status === "disconnected") {
    return (
      <Notice
        tone="info"
        role="status"
        title="Disconnected"
        action={connector ? <ButtonLink href={`/connections/new?connector=${connector.id}`}>Connect again</ButtonLink> : null}
      >
        {statusNote}
      </Notice>
    );
  }
  if (status === "needs_reconnect") return <Broken {...{ connection, connector, statusNote }} />;
  if (!fresh && statusNote) {
    return (
      <Notice tone="warn" title="Its last refresh failed">
        {statusNote} What you granted is kept; the next use tries again.
      </Notice>
    );
  }
  if (!fresh) return null;
  return (
    <Notice
      tone="ok"
      role="status"
      title={`${connectorName} is ${fresh}`}
      action={<ButtonLink href={`/grants/new?connection=${id}`}>Lend a part of it</ButtonLink>}
    >
      {fresh === "connected"
        ? `${accountName} is ready. No agent can use it until you lend a part of it.`
        : `${accountName} works again, and with it the grants that were waiting.`}
    </Notice>
  );
}

function Broken({
  connection,
  connector,
  statusNote,
}: {
  readonly connection: ConnectionSummary;
  readonly connector: ConnectorStatus | undefined;
  readonly statusNote: string | null;
}) {
  const held = connection.scopes.filter((name) => connector?.scopes.some((scope) => scope.name === name));
  return (
    <Notice tone="warn" title="This account needs you">
      <p>{statusNote ?? "Its access has ended. Agents get nothing from it until you reconnect; their grants wait."}</p>
      {connector ? (
        <div className="mt-2">
          <ConnectForm connector={connector.id} connectorName={connector.name} connectionId={connection.id}>
            <span className="hidden">
              {held.map((name) => (
                <input key={name} type="hidden" name="scopes" value={name} />
              ))}
            </span>
            <div>
              <SubmitButton>Reconnect</SubmitButton>
            </div>
          </ConnectForm>
        </div>
      ) : null}
    </Notice>
  );
}
