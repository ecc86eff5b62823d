import type { Connector } from "../connectors/connector";
import type { Core } from "../ctx";

/** Where a token works: at the SaaS itself, or at the gateway, which is also the token's audience. */
export function apiBase(core: Pick<Core, "settings">, connector: Connector, delivery: "direct" | "gateway"): string {
  return delivery === "direct" ? connector.api.baseUrl : `${core.settings.publicUrl}/proxy/${connector.id}`;
}
