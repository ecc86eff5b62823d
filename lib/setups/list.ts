import { ceilingChoices, withinCeiling } from "../connectors/ceiling";
import type { Access, Connector, ConnectorScope } from "../connectors/connector";
import { connectors } from "../connectors/registry";
import { withTenant } from "../connectors/tenant";
import type { Ctx } from "../ctx";
import type { ConnectorSetup } from "../generated/prisma/client";
import { appConnectors } from "./appManifest";
import { localConnector, redirectUri } from "./client";
import { lastTest, type SetUpTest } from "./test";

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
  /** What people may connect with: within the ceiling. */
  readonly scopes: readonly ConnectScope[];
  /** For admins only: what they have set, beyond the client. */
  readonly setUp: SetUpDetails | null;
}

export interface ConnectScope {
  readonly name: string;
  readonly label: string;
  readonly access: Access;
  readonly preset: boolean;
}

export interface SetUpDetails {
  /** The most that people may connect with. Empty: no ceiling. */
  readonly ceiling: readonly string[];
  readonly ceilingChoices: readonly ConnectScope[];
  /** Whether a second, read-only client is of use here. */
  readonly readRegistration: boolean;
  readonly readClientId: string | null;
  /** Null when it was not tested since it was last changed. */
  readonly test: SetUpTest | null;
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
      tenant: tenantStatus(connector, admin ? setup?.tenant : null),
      app: appStatus(connector, admin ? setup?.appSlug : null),
      redirectUri: redirectUri(ctx, id),
      authorizeOrigin: originOf(connector.oauth.authorizeUrl),
      scopes: connectScopes(connector, setup?.ceiling ?? []),
      setUp: admin ? detailsOf(connector, setup) : null,
    };
  });
}

function tenantStatus({ tenant }: Connector, value: string | null | undefined): ConnectorStatus["tenant"] {
  return tenant ? { label: tenant.label, example: tenant.example, value: value ?? null } : null;
}

function connectScopes(connector: Connector, ceiling: readonly string[]): ConnectScope[] {
  const choices = ceilingChoices(connector);
  const names = withinCeiling(
    connector,
    ceiling,
    choices.map((scope) => scope.name),
  );
  return choices.filter((scope) => names.includes(scope.name)).map(shown);
}

function detailsOf(connector: Connector, setup: ConnectorSetup | undefined): SetUpDetails {
  return {
    ceiling: setup?.ceiling ?? [],
    ceilingChoices: ceilingChoices(connector).map(shown),
    readRegistration: connector.readRegistration === "works",
    readClientId: setup?.readClientId ?? null,
    test: lastTest(setup),
  };
}

function shown({ name, label, access, preset }: ConnectorScope): ConnectScope {
  return { name, label, access, preset: preset ?? false };
}

function appStatus({ id, oauth }: Connector, slug: string | null | undefined): ConnectorStatus["app"] {
  if (!appConnectors().some((one) => one.id === id)) return null;
  return { installUrl: slug ? `${new URL(oauth.authorizeUrl).origin}/apps/${encodeURIComponent(slug)}/installations/new` : null };
}

/** Null while the address still waits for its tenant. */
function originOf(url: string): string | null {
  return URL.canParse(url) && !url.includes("{") ? new URL(url).origin : null;
}
