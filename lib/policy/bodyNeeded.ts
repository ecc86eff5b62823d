import type { Connector } from "../connectors/connector";
import { findBatch } from "./batch";
import type { Bounds } from "./bounds";
import type { Call } from "./call";
import { isNamedByParameter } from "./named";

/**
 * Whether a call can only be judged by its body: GraphQL, a batch, or what a bounded grant is kept to named in it.
 * `path` in the spelling of `readPath`. A call of another kind streams past unread.
 */
export function needsBody(connector: Connector, call: Pick<Call, "method" | "path">, bounds: Bounds | null): boolean {
  if (call.method === "GET" || call.method === "HEAD") return false;
  if (call.method === "POST" && connector.api.graphqlPath === call.path) return true;
  if (findBatch(connector, call)) return true;
  return (connector.resources ?? []).some((kind) => bounds?.resources?.[kind.id] !== undefined && isNamedByParameter(kind, call.path));
}
