import type { Core } from "../ctx";
import { Refusal } from "../errors";
import type { Incoming } from "../net/message";
import { sameText } from "../tokens/secret";
import { bearerOf } from "./context";
import { refresherMetrics } from "./refresherMetrics";

/** `GET /metrics`, for whoever holds `VALET_METRICS_TOKEN`. Where none is set there is nothing at this address. */
export async function metricsEndpoint(core: Core, request: Incoming): Promise<Response> {
  const wanted = core.settings.metricsToken;
  if (!wanted) throw new Refusal("not_found", "There is nothing at this address. See /api/v1/openapi.json.", { reason: "path_unknown" });
  const token = bearerOf(request.headers);
  if (!token || !sameText(token, wanted))
    throw new Refusal("invalid_token", "Send the token of VALET_METRICS_TOKEN: Authorization: Bearer ...", { reason: "token_unknown" });
  return new Response(await core.metrics.text(await refresherMetrics(core)), {
    headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8", "cache-control": "no-store" },
  });
}
