import type { Connector } from "../connectors/connector";
import { withContained } from "../connectors/scopes";
import { findBatch, readBatch } from "./batch";
import { type Call, findException, openingsOf, splitFields } from "./decide";
import { readPath } from "./path";

/**
 * The fewest and narrowest of these scopes that would open the whole call, in the connector's order; null when none would.
 * One of a GraphQL document's fields, or of a batch's calls, may need another scope than the next. Pure.
 *
 * @throws Refusal as `readPath`.
 */
export function smallestScopes(connector: Connector, among: readonly string[], asked: Call): string[] | null {
  const call = { ...asked, path: readPath(asked.path).path };
  if (findException(connector, call)) return null;
  const batch = findBatch(connector, call);
  if (!batch) return narrowestOf(connector, among, [call]);
  const inner = readBatch(batch, call);
  return "unreadable" in inner ? null : narrowestOf(connector, among, inner.calls);
}

function narrowestOf(connector: Connector, among: readonly string[], calls: readonly Call[]): string[] | null {
  const names = new Set<string>();
  for (const part of calls.flatMap((call) => splitFields({ ...call, path: readPath(call.path).path }))) {
    const opening = openingsOf(connector, part).find(({ scope }) => among.includes(scope.name));
    if (!opening || findException(connector, part)) return null;
    names.add(opening.scope.name);
  }
  return withoutContained(connector, [...names]);
}

/** What another of them brings along is not named beside it. */
export function withoutContained(connector: Connector, names: readonly string[]): string[] {
  const within = (name: string) => names.some((other) => other !== name && withContained(connector, [other]).includes(name));
  return connector.scopes.map((scope) => scope.name).filter((name) => names.includes(name) && !within(name));
}
