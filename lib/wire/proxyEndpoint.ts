import { proxy } from "../broker/proxy";
import { findConnector } from "../connectors/registry";
import type { Core } from "../ctx";
import type { Answer, Incoming } from "../net/message";
import { presentedToken, runIdOf, traceIdOf, type WireContext } from "./context";

/**
 * `ANY /proxy/{connector}/{path}`: the gateway.
 *
 * @param target the request target as it came over the wire: `new URL` would already have resolved `..`.
 */
export function proxyEndpoint(core: Core, request: Incoming, wire: WireContext, target: string): Promise<Answer> {
  const [, connector = "", rest = ""] = /^\/proxy\/([^/?]*)(.*)$/s.exec(target) ?? [];
  return proxy(core, {
    connector,
    method: request.method,
    rawPath: rest.startsWith("/") ? rest : `/${rest}`,
    headers: request.headers,
    body: request.body,
    signal: request.signal,
    bearer: presentedToken(request.headers, findConnector(connector)?.api.tokenHeader),
    runId: runIdOf(request.headers),
    traceId: traceIdOf(request.headers),
    requestId: wire.requestId,
    atEnd: wire.atEnd,
  });
}
