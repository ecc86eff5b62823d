import { Section } from "@/app/_ui/Card";
import { Disclosure } from "@/app/_ui/Disclosure";
import { ScopeChoice } from "@/app/_ui/ScopeChoice";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import type { ConnectionSummary } from "@/lib/connections/list";
import type { Connector } from "@/lib/connectors/connector";
import { heldScopes } from "@/lib/connectors/scopes";
import type { GrantView } from "@/lib/grants/list";
import type { ConnectorStatus } from "@/lib/setups/list";
import { ConnectForm } from "../ConnectForm";
import { type Choices, Difference } from "./Difference";

interface Props {
  readonly connection: ConnectionSummary;
  readonly connector: ConnectorStatus;
  readonly known: Connector;
  readonly grants: readonly GrantView[];
}

/** Goes to the SaaS once more for the same account, with more or fewer permissions. */
export function Reconnect({ connection, connector, known, grants }: Props) {
  if (connector.scopes.length === 0) return null;
  return (
    <Section
      id="change"
      title="Change what you gave"
      lead="You agree at the service once more. The connection and its grants stay; a grant never gains from it."
    >
      <Disclosure summary="Choose other permissions">
        <ConnectForm connector={connector.id} connectorName={connector.name} connectionId={connection.id} className="grid gap-5">
          <Difference choices={choicesOf({ connection, connector, known, grants })}>
            <ScopeChoice list={connector.scopes} ticked={connection.scopes} />
          </Difference>
          <div>
            <SubmitButton look="secondary">Reconnect with these</SubmitButton>
          </div>
        </ConnectForm>
      </Disclosure>
    </Section>
  );
}

function choicesOf({ connection, connector, known, grants }: Props): Choices {
  const always = known.scopes.filter((scope) => scope.always).map(({ name }) => name);
  return {
    labels: Object.fromEntries(known.scopes.map(({ name, label }) => [name, label])),
    held: connection.scopes,
    brings: Object.fromEntries(connector.scopes.map(({ name }) => [name, heldScopes(known, [name])])),
    always: heldScopes(known, always),
    grants: grants.map(({ id, agentName, scopes }) => ({ id, agentName, scopes })),
  };
}
