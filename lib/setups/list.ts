import type { Access, Connector } from "../connectors/connector";
import { connectors } from "../connectors/registry";
import { withTenant } from "../connectors/tenant";
import type { Ctx } from "../ctx";
import { appConnectors } from "./appManifest";
import { localConnector, redirectUri } from "./client";

export interface ConnectorStatus {
  readonly id: string;
  readonly name: string;
  readonly summary: string;
  readonly tile: { readonly letters: string; readonly color: string };
  readonly docsUrl: string;
  readonly enabled: boolean;
  /** Our client at that SaaS; null when it is not set up, or the reader is not an admin. */
  readonly clientId: string | null;
  /** Set where the connector needs the customer's own value; `value` for admins only. */
  readonly tenant: { readonly label: string; readonly example: string; readonly value: string | null } | null;
  /** Set where Valet can have a GitHub App made: `installUrl` once there is one, for admins only. */
  readonly app: { readonly installUrl: string | null } | null;
  readonly redirectUri: string;
  /** Origins a browser is sent to on connecting. */
  readonly authorizeOrigin: string | null;
  readonly scopes: readonly { readonly name: string; readonly label: string; readonly access: Access; readonly preset: boolean }[];
}

/** Every connector Valet knows, and whether it is switched on here. */
export async function listConnectors(ctx: Ctx): Promise<ConnectorStatus[]> {
  const setups = new Map((await ctx.db.connectorSetup.findMany()).map((setup) => [setup.connector, setup]));
  const admin = ctx.actor.kind === "person" && ctx.actor.role === "admin";
  return connectors.map(({ id }) => {
    const setup = setups.get(id);
    const connector = withTenant(localConnector(ctx, id), setup?.tenant ?? null);
    return {
      id,
      name: connector.name,
      summary: connector.summary,
      tile: connector.tile,
      docsUrl: connector.docsUrl,
      enabled: setup?.enabled ?? false,
      clientId: admin ? (setup?.clientId ?? null) : null,
      tenant: connector.tenant
        ? { label: connector.tenant.label, example: connector.tenant.example, value: admin ? (setup?.tenant ?? null) : null }
        : null,
      app: appStatus(connector, admin ? setup?.appSlug : null),
      redirectUri: redirectUri(ctx, id),
      authorizeOrigin: originOf(connector.oauth.authorizeUrl),
      scopes: connector.scopes
        .filter((scope) => !scope.protocol && !scope.virtual)
        .map(({ name, label, access, preset }) => ({ name, label, access, preset: preset ?? false })),
    };
  });
}

function appStatus({ id, oauth }: Connector, slug: string | null | undefined): ConnectorStatus["app"] {
  if (!appConnectors().some((one) => one.id === id)) return null;
  return { installUrl: slug ? `${new URL(oauth.authorizeUrl).origin}/apps/${encodeURIComponent(slug)}/installations/new` : null };
}

/** Null while the address still waits for its tenant. */
function originOf(url: string): string | null {
  return URL.canParse(url) && !url.includes("{") ? new URL(url).origin : null;
}
