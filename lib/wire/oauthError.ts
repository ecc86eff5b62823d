import type { Core } from "../ctx";
import type { Refusal, RefusalCode } from "../errors";
import { Fields, JsonAnswer } from "../net/message";
import { tellNonce } from "./dpop";

interface OauthError {
  readonly error: string;
  readonly status: number;
}

/**
 * Refusals as OAuth says them (RFC 6749 section 5.2, RFC 7009, RFC 8628 section 3.5, RFC 8707, RFC 9396). A subject token that is unknown, ended or revoked is
 * `invalid_request` on an exchange: RFC 8693 section 2.2.2 asks for that and not for `invalid_grant`; `reason` tells which.
 */
export const ERRORS: Record<RefusalCode, OauthError> = {
  invalid_request: { error: "invalid_request", status: 400 },
  invalid_client: { error: "invalid_client", status: 401 },
  invalid_token: { error: "invalid_client", status: 401 },
  unauthenticated: { error: "invalid_client", status: 401 },
  invalid_grant: { error: "invalid_request", status: 400 },
  invalid_scope: { error: "invalid_scope", status: 400 },
  invalid_target: { error: "invalid_target", status: 400 },
  invalid_authorization_details: { error: "invalid_authorization_details", status: 400 },
  actor_unauthorized: { error: "actor_unauthorized", status: 400 },
  unsupported_grant_type: { error: "unsupported_grant_type", status: 400 },
  invalid_dpop_proof: { error: "invalid_dpop_proof", status: 400 },
  use_dpop_nonce: { error: "use_dpop_nonce", status: 400 },
  unsupported_token_type: { error: "unsupported_token_type", status: 400 },
  invalid_code: { error: "invalid_grant", status: 400 },
  authorization_pending: { error: "authorization_pending", status: 400 },
  slow_down: { error: "slow_down", status: 400 },
  expired_token: { error: "expired_token", status: 400 },
  interaction_required: { error: "interaction_required", status: 400 },
  access_denied: { error: "access_denied", status: 400 },
  forbidden: { error: "unauthorized_client", status: 400 },
  not_allowed: { error: "unauthorized_client", status: 400 },
  not_found: { error: "invalid_request", status: 400 },
  conflict: { error: "invalid_request", status: 400 },
  too_many_requests: { error: "temporarily_unavailable", status: 429 },
  too_large: { error: "invalid_request", status: 413 },
  upstream_failed: { error: "temporarily_unavailable", status: 503 },
  unavailable: { error: "temporarily_unavailable", status: 503 },
};

/** Answers an OAuth endpoint's refusal. A caller who used the Authorization header is told its scheme with a 401. */
export function oauthError(core: Core, refusal: Refusal, authorization: string | null): JsonAnswer {
  const { error, status } = ERRORS[refusal.code];
  const headers = new Fields({ "content-type": "application/json", "cache-control": "no-store" });
  // A header, since `error_uri` is where a person mends it, and clients read it so.
  headers.set("link", `<${core.settings.publicUrl}/docs/errors#${refusal.code}>; rel="help"`);
  const challenge = status === 401 && authorization ? challengeFor(core.settings.publicUrl, authorization) : null;
  if (challenge) headers.set("www-authenticate", challenge);
  tellNonce(core, refusal, headers);
  if (refusal.retryAfterSeconds) headers.set("retry-after", String(refusal.retryAfterSeconds));
  else if (status === 503) headers.set("retry-after", "5");
  const body = {
    ...refusal.facts,
    error,
    error_description: allowedCharacters(refusal.message),
    reason: refusal.reason,
    ...(refusal.next ? { next: allowedCharacters(refusal.next) } : {}),
    ...(refusal.fix ? { fix: core.settings.publicUrl + refusal.fix } : {}),
    ...(refusal.code === "interaction_required" ? { error_uri: `${core.settings.publicUrl}/connections` } : {}),
  };
  return new JsonAnswer(body, status, headers);
}

function challengeFor(realm: string, authorization: string): string {
  const bearer = /^bearer\b/i.test(authorization);
  return bearer ? `Bearer realm="${realm}", error="invalid_token"` : `Basic realm="${realm}", charset="UTF-8"`;
}

/** RFC 6749 section 5.2: %x20-21 / %x23-5B / %x5D-7E. */
function allowedCharacters(text: string): string {
  return text.replace(/["\\]/g, "'").replace(/[^\x20-\x7e]/g, "-");
}
