import type { Core } from "../ctx";
import { Refusal } from "../errors";
import type { Place } from "../vault/vault";

/** A GitHub App's own identity, for whoever acts as the app itself. */
export interface AppKey {
  readonly appId: string;
  readonly privateKey: string;
}

export function appKeyPlace(connector: string): Place {
  return { table: "connector_setups", row: connector, column: "sealed_app_key" };
}

/** Refuses `not_found` (`app_key_missing`) when the connector was set up without the app's key. */
export async function loadAppKey(core: Core, connector: string): Promise<AppKey> {
  const setup = await core.db.connectorSetup.findUnique({ where: { connector }, select: { appId: true, sealedAppKey: true } });
  if (!setup?.appId || !setup.sealedAppKey) {
    throw new Refusal("not_found", "The key of the GitHub App is not here. Ask an admin to set it up.", { reason: "app_key_missing" });
  }
  return { appId: setup.appId, privateKey: core.vault.open("lasting", appKeyPlace(connector), setup.sealedAppKey) };
}
