import { Section } from "@/app/_ui/Card";
import { Disclosure } from "@/app/_ui/Disclosure";
import { ScopeChoice } from "@/app/_ui/ScopeChoice";
import { SubmitButton } from "@/app/_ui/SubmitButton";
import type { ConnectionSummary } from "@/lib/connections/list";
import type { ConnectorStatus } from "@/lib/setups/list";
import { ConnectForm } from "../ConnectForm";

/** Goes to the SaaS once more for the same account, with more or fewer permissions. */
export function Reconnect({ connection, connector }: { readonly connection: ConnectionSummary; readonly connector: ConnectorStatus }) {
  return (
    <Section
      id="change"
      title="Change what you gave"
      lead="You agree at the service once more. The connection and its grants stay; a grant never gains from it."
    >
      <Disclosure summary="Choose other permissions">
        <ConnectForm connector={connector.id} connectorName={connector.name} connectionId={connection.id}>
          <ScopeChoice list={connector.scopes} ticked={connection.scopes} />
          <div>
            <SubmitButton look="secondary">Reconnect with these</SubmitButton>
          </div>
        </ConnectForm>
      </Disclosure>
    </Section>
  );
}
