import type { Connector } from "../connectors/connector";
import { describeScopes, findScope, withContained } from "../connectors/scopes";
import { type Bounds, RESOURCES_MAX } from "./bounds";
import { listOf } from "./resources";

/** What a grant is kept to beyond its scopes, in sentences for its person: "Only repository acme/site and acme/docs". */
export function phraseBounds(bounds: Bounds | null): string[] {
  const only = Object.entries(bounds?.resources ?? {}).map(([kind, names]) => `Only ${kind} ${listOf(names, RESOURCES_MAX)}`);
  const { callsPerHour, writesPerRun } = bounds ?? {};
  return [
    ...only,
    ...(callsPerHour === undefined ? [] : [`At most ${count(callsPerHour, "call")} in an hour`]),
    ...(writesPerRun === undefined
      ? []
      : [writesPerRun === 0 ? "No change in any run" : `At most ${count(writesPerRun, "change")} in a run`]),
  ];
}

/** The whole of a grant in plain words, a sentence per rule. */
export function phraseRules(connector: Connector, scopes: readonly string[], bounds: Bounds | null): string[] {
  const covered = new Set(scopes.flatMap((name) => withContained(connector, findScope(connector, name)?.contains ?? [])));
  const may = describeScopes(
    connector,
    scopes.filter((name) => !covered.has(name)),
  ).map(({ name, label }) => {
    const places = boundPlaces(connector, name, bounds);
    return places === "" ? label : `${label}, only ${places}`;
  });
  return [...may, ...phraseBounds(bounds ? { ...bounds, resources: undefined } : null), "Everything else is refused"];
}

function boundPlaces(connector: Connector, scope: string, bounds: Bounds | null): string {
  const within = withContained(connector, [scope]);
  const named = Object.entries(bounds?.resources ?? {}).flatMap(([id, names]) => {
    const kind = connector.resources?.find((one) => one.id === id);
    return kind?.governs.some((name) => within.includes(name)) ? [`${id} ${listOf(names, RESOURCES_MAX)}`] : [];
  });
  return named.join(" and ");
}

function count(number: number, word: string): string {
  return `${number.toLocaleString("en-GB")} ${word}${number === 1 ? "" : "s"}`;
}
