import type { Connector } from "../connectors/connector";
import { permissionsFor } from "../connectors/githubPermissions";
import { providerScopes, withContained } from "../connectors/scopes";

/**
 * What to ask the SaaS for, by the connector's names, so that its token can exactly what the agent is told; null when the SaaS
 * makes no token this narrow. Pure.
 *
 * By `scope` on refresh only names that were granted as such: a SaaS need not agree that a scope is within another.
 */
export function narrowableScopes(connector: Connector, granted: readonly string[], scopes: readonly string[]): string[] | null {
  const { narrowing } = connector.tokens;
  switch (narrowing.how) {
    case "none":
      return null;
    case "refresh_scope":
      if (providerScopes(connector, scopes) === null || !scopes.every((name) => granted.includes(name))) return null;
      return withContained(connector, scopes).filter((name) => granted.includes(name));
    case "token_exchange":
      return scopes.every((name) => Object.hasOwn(narrowing.scopes, name)) ? [...scopes] : null;
    case "github_scoped":
    case "github_installation":
      return permissionsFor(narrowing.permissions, scopes) === null ? null : [...scopes];
  }
}
