import type { Connector } from "../connectors/connector";
import { withContained } from "../connectors/scopes";
import { type Call, findException, smallestOpening, splitFields } from "./decide";
import { readPath } from "./path";

/**
 * The fewest and narrowest of these scopes that would open the whole call, in the connector's order; null when none would.
 * One of a GraphQL document's fields may need another scope than the next. Pure.
 *
 * @throws Refusal as `readPath`.
 */
export function smallestScopes(connector: Connector, among: readonly string[], asked: Call): string[] | null {
  const call = { ...asked, path: readPath(asked.path).path };
  if (findException(connector, call)) return null;
  const openings = splitFields(call).map((part) => smallestOpening(connector, among, part));
  const names = openings.flatMap((opening) => (opening ? [opening.scope.name] : []));
  return names.length < openings.length ? null : withoutContained(connector, names);
}

/** What another of them brings along is not named beside it. */
export function withoutContained(connector: Connector, names: readonly string[]): string[] {
  const within = (name: string) => names.some((other) => other !== name && withContained(connector, [other]).includes(name));
  return connector.scopes.map((scope) => scope.name).filter((name) => names.includes(name) && !within(name));
}
