import type { Connector } from "./connector";
import { withContained } from "./scopes";

/**
 * The part of these names that an admin's ceiling lets through; all of them where there is no ceiling. What every connection
 * needs to say whose account it is (`always`) is within every ceiling.
 *
 * A name in the ceiling that the connector no longer knows lets nothing through: a ceiling of such names alone closes all.
 */
export function withinCeiling(connector: Connector, ceiling: readonly string[], names: readonly string[]): string[] {
  if (ceiling.length === 0) return [...names];
  const needed = connector.scopes.filter((scope) => scope.always).map((scope) => scope.name);
  const open = new Set(withContained(connector, [...ceiling, ...needed]));
  return names.filter((name) => open.has(name));
}

/** What a ceiling can be made of: all that the SaaS itself can be asked for, without what the protocol needs. */
export function ceilingChoices(connector: Connector) {
  return connector.scopes.filter((scope) => !scope.protocol && !scope.virtual);
}
