import { ButtonLink } from "@/app/_ui/Button";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import type { ConnectionSummary } from "@/lib/connections/list";
import type { ConnectorStatus } from "@/lib/setups/list";
import { ConnectForm } from "./ConnectForm";

interface Props {
  readonly connection: ConnectionSummary;
  /** Absent where the reader cannot connect: another's account. */
  readonly connector: ConnectorStatus | undefined;
}

/** The one thing to do about how an account stands. Nothing where nothing is to be done, or the reader cannot. */
export function Fix({ connection, connector }: Props) {
  const { id, health, keyEndsAt, connectorName, accountName } = connection;
  if (!connector || health === "healthy" || health === "disconnected") return null;
  const which = <span className="sr-only"> {`${connectorName}, ${accountName}`}</span>;
  if (keyEndsAt) {
    return (
      <ButtonLink href={`/connections/new?connector=${connector.id}`}>
        <span>Fix: connect the account{which}</span>
      </ButtonLink>
    );
  }
  if (health === "trouble") {
    return (
      <ButtonLink href={`/connections/${id}#try`}>
        <span>Fix: try it now{which}</span>
      </ButtonLink>
    );
  }
  return (
    <ConnectForm connector={connector.id} connectorName={connector.name} connectionId={id}>
      <Held connection={connection} connector={connector} />
      <SubmitButton>
        <span>Fix: reconnect{which}</span>
      </SubmitButton>
    </ConnectForm>
  );
}

/** Asks for what it had, as far as that can still be asked for. */
function Held({ connection, connector }: { readonly connection: ConnectionSummary; readonly connector: ConnectorStatus }) {
  const names = connection.scopes.filter((name) => connector.scopes.some((scope) => scope.name === name));
  return names.map((name) => <input key={name} type="hidden" name="scopes" value={name} />);
}
