import type { Core } from "../ctx";
import type { Refusal, RefusalCode } from "../errors";
import { Fields, JsonAnswer } from "../net/message";
import { keyChallenge, tellNonce } from "./dpop";

/** The status and title of each code on the REST API and at the gateway. */
export const STATUS: Record<RefusalCode, { status: number; title: string }> = {
  invalid_request: { status: 400, title: "The request is not right" },
  invalid_client: { status: 401, title: "The caller could not be proved" },
  invalid_token: { status: 401, title: "The token does not open this" },
  unauthenticated: { status: 401, title: "Nobody is signed in" },
  invalid_grant: { status: 403, title: "No live grant covers this" },
  invalid_scope: { status: 403, title: "This is beyond what was lent" },
  invalid_target: { status: 400, title: "This is another place" },
  invalid_authorization_details: { status: 400, title: "The authorization details are not right" },
  actor_unauthorized: { status: 403, title: "This actor may not do this" },
  unsupported_grant_type: { status: 400, title: "The grant type is not supported" },
  invalid_dpop_proof: { status: 401, title: "The token's key was not proved" },
  use_dpop_nonce: { status: 401, title: "The proof needs a nonce" },
  unsupported_token_type: { status: 400, title: "This kind of token is ended elsewhere" },
  invalid_code: { status: 400, title: "The code opens nothing" },
  authorization_pending: { status: 400, title: "Nobody has decided yet" },
  slow_down: { status: 400, title: "Too often" },
  expired_token: { status: 400, title: "The code has ended" },
  interaction_required: { status: 403, title: "The account needs its person" },
  access_denied: { status: 403, title: "The person said no" },
  forbidden: { status: 403, title: "You may not do this" },
  not_allowed: { status: 403, title: "The grant does not open this call" },
  not_found: { status: 404, title: "Not there" },
  conflict: { status: 409, title: "It collides with what is there" },
  too_many_requests: { status: 429, title: "Too many tries" },
  too_large: { status: 413, title: "Too large" },
  upstream_failed: { status: 502, title: "The SaaS did not answer as it should" },
  unavailable: { status: 503, title: "Not available right now" },
};

/** Answers a refusal of the REST API or the gateway as RFC 9457 problem details, with its code's status unless another is given. */
export function problem(core: Core, refusal: Refusal, requestId: string | undefined, otherStatus?: number): JsonAnswer {
  const { title } = STATUS[refusal.code];
  const status = otherStatus ?? STATUS[refusal.code].status;
  const body = {
    ...refusal.facts,
    type: `${core.settings.publicUrl}/docs/errors#${refusal.code}`,
    title,
    status,
    detail: refusal.message,
    code: refusal.code,
    reason: refusal.reason,
    ...(refusal.next ? { next: refusal.next } : {}),
    ...(refusal.fix ? { fix: core.settings.publicUrl + refusal.fix } : {}),
    ...(refusal.fields ? { fields: refusal.fields } : {}),
    ...(requestId ? { request_id: requestId } : {}),
  };
  const headers = new Fields({ "content-type": "application/problem+json", "cache-control": "no-store" });
  if (status === 401) headers.set("www-authenticate", keyChallenge(refusal) ?? `Bearer realm="valet", error="invalid_token"`);
  tellNonce(core, refusal, headers);
  if (refusal.retryAfterSeconds) headers.set("retry-after", String(refusal.retryAfterSeconds));
  else if (status === 503) headers.set("retry-after", "5");
  return new JsonAnswer(body, status, headers);
}
