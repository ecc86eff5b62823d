import type { Connector } from "../connectors/connector";
import { findConnector, withOverrides } from "../connectors/registry";
import { withTenant } from "../connectors/tenant";
import type { Core } from "../ctx";
import { preparedRecord } from "../db";
import { Refusal } from "../errors";

/** Valet as a client of one SaaS: the connector with this installation's endpoints, and our id and secret there. */
export interface SaasClient {
  readonly connector: Connector;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The connector as this installation uses it, without its secret. Refuses `not_found` for an id nobody knows. */
export function localConnector(core: Pick<Core, "settings">, connectorId: string): Connector {
  const known = findConnector(connectorId);
  if (!known) throw new Refusal("not_found", `There is no connector "${connectorId.slice(0, 40)}". See the list on the Connections page.`);
  return withOverrides(known, core.settings.endpoints[known.id] ?? {});
}

/** The connector as one account sees it: with the API address that was learnt on connecting, if it has one of its own. */
export function accountConnector(
  core: Pick<Core, "settings">,
  account: { readonly connector: string; readonly apiBase: string | null },
): Connector {
  const connector = localConnector(core, account.connector);
  return account.apiBase ? { ...connector, api: { ...connector.api, baseUrl: account.apiBase } } : connector;
}

/** Refuses `not_found` when the connector is unknown or no admin has switched it on. */
export async function loadSaasClient(core: Core, connectorId: string): Promise<SaasClient> {
  const known = localConnector(core, connectorId);
  const setup = await preparedRecord(core.db, "connector_setups", known.id);
  if (!setup?.enabled || (known.tenant && !setup.tenant)) {
    throw new Refusal("not_found", `${known.name} is not switched on here. Ask an admin to set it up.`, { reason: "connector_off" });
  }
  const connector = withTenant(known, setup.tenant);
  const place = { table: "connector_setups", row: connector.id, column: "sealed_secret" };
  return { connector, clientId: setup.clientId, clientSecret: core.vault.open("lasting", place, setup.sealedSecret) };
}

/** The one redirect URI of a connector: a code for one SaaS can never be brought back as another's. */
export function redirectUri(core: Pick<Core, "settings">, connectorId: string): string {
  return `${core.settings.publicUrl}/connect/${connectorId}/callback`;
}
