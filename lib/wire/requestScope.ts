import type { Core } from "../ctx";
import type { Incoming } from "../net/message";
import { inScope } from "../scope";
import { methodOf } from "../tracing";
import { traceIdOf, type WireContext } from "./context";

/** The tools for one request to the broker: a span of its own where there is tracing, continuing the caller's trace. */
export function inRequest(core: Core, request: Incoming, { requestId }: WireContext, endpoint: string): Core {
  const method = methodOf(request.method);
  const told = { "http.request.method": method, "http.route": endpoint, "valet.request_id": requestId };
  const span = core.tracing.begin(`${method} ${endpoint}`, request.headers.get("traceparent"), told) ?? undefined;
  return inScope(core, { requestId, traceId: span?.traceId ?? traceIdOf(request.headers), span });
}

/** The answer's head is ready; a body that streams is the row's to tell. */
export function endRequest({ scope }: Core, status: number): void {
  scope?.span?.set({ "http.response.status_code": status });
  scope?.span?.end(status >= 500);
}
