import type { Connector } from "./connector";

/** Where a path below the API base lives. The host comes from the connector, never from the caller. */
export function apiUrl(connector: Connector, pathAndQuery: string): URL {
  const hosts = [...(connector.api.hosts ?? [])].sort((left, right) => right.prefix.length - left.prefix.length);
  const other = hosts.find(({ prefix }) => pathAndQuery === prefix || pathAndQuery.startsWith(`${prefix}/`));
  return new URL((other?.origin ?? connector.api.baseUrl) + pathAndQuery);
}
