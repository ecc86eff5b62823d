import type { Core } from "../ctx";
import { Refusal } from "../errors";
import { type Answer, type HeaderFields, type Incoming, JsonAnswer } from "../net/message";
import type { WireContext } from "./context";
import { asRefusal } from "./failure";
import { readForm } from "./form";
import { oauthError } from "./oauthError";

/** A request to an OAuth endpoint whose form has been read. */
export interface OauthRequest {
  readonly headers: HeaderFields;
  readonly form: URLSearchParams;
  readonly wire: WireContext;
}

/** What an endpoint answers with 200: JSON, or nothing at all. */
export type OauthAnswer = (core: Core, request: OauthRequest) => Promise<Readonly<Record<string, unknown>> | null>;

/** An OAuth endpoint beside the token endpoint: a form by POST, JSON back, never kept, refusals as RFC 6749 section 5.2 has them. */
export function oauthEndpoint(answerTo: OauthAnswer) {
  return async (core: Core, request: Incoming, wire: WireContext): Promise<Answer> => {
    if (request.method !== "POST") return onlyPost(core);
    try {
      const form = await readForm(request);
      const answer = await answerTo(core, { headers: request.headers, form, wire });
      const headers = { "cache-control": "no-store", pragma: "no-cache" };
      return answer ? new JsonAnswer(answer, 200, headers) : new Response(null, { status: 200, headers });
    } catch (error) {
      return refused(core, request, asRefusal(core, error, wire.requestId));
    }
  };
}

function onlyPost(core: Core): Answer {
  const answer = oauthError(core, new Refusal("invalid_request", "This endpoint takes POST only.", { reason: "method" }), null);
  answer.headers.set("allow", "POST");
  return answer.but(405);
}

/** @param refusal null for a fault of ours. */
function refused(core: Core, request: Incoming, refusal: Refusal | null): Answer {
  if (refusal) return oauthError(core, refusal, request.headers.get("authorization"));
  const words = "Something went wrong here. The operator's log has it under the request id.";
  return oauthError(core, new Refusal("unavailable", words, { reason: "server_error" }), null).but(500, { error: "server_error" });
}
