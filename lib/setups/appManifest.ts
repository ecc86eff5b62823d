import { ACCESS_LEVELS, type Access, type AppPermissions, type Connector } from "../connectors/connector";
import { permissionsFor } from "../connectors/githubPermissions";
import { connectors } from "../connectors/registry";
import { Refusal } from "../errors";

const NAME_LENGTH_MAX = 34;

/** What GitHub is asked to make: shown there to the person, who may still change the name. */
export interface AppManifest {
  readonly name: string;
  readonly url: string;
  readonly redirect_url: string;
  readonly callback_urls: readonly string[];
  readonly public: false;
  readonly default_permissions: AppPermissions;
}

/** Connectors that one GitHub App serves. */
export function appConnectors(): Connector[] {
  return connectors.filter((connector) => mapOf(connector) !== null);
}

/** The app for this Valet: private, no web hook, with no more permissions than agents can be lent up to `access`. */
export function appManifest(connector: Connector, publicUrl: string, access: "read" | "write"): AppManifest {
  return {
    name: `Valet at ${new URL(publicUrl).hostname}`.slice(0, NAME_LENGTH_MAX).trim(),
    url: publicUrl,
    redirect_url: `${publicUrl}/github-app/callback`,
    callback_urls: appConnectors().map(({ id }) => `${publicUrl}/connect/${id}/callback`),
    public: false,
    default_permissions: permissionsUpTo(connector, access),
  };
}

function permissionsUpTo(connector: Connector, access: Access): AppPermissions {
  const map = mapOf(connector);
  if (!map) {
    throw new Refusal("invalid_request", `${connector.name} is not set up with a GitHub App.`, { reason: "not_an_app" });
  }
  const within = connector.scopes.filter((scope) => Object.hasOwn(map, scope.name) && rank(scope.access) <= rank(access));
  return permissionsFor(
    map,
    within.map(({ name }) => name),
  ) as AppPermissions;
}

function mapOf({ tokens }: Connector): Readonly<Record<string, AppPermissions>> | null {
  return "permissions" in tokens.narrowing ? tokens.narrowing.permissions : null;
}

function rank(access: Access): number {
  return ACCESS_LEVELS.indexOf(access);
}
