import { ACCESS_TOKEN_TYPE, type ExchangeRequest, exchange } from "../broker/exchange";
import { Refusal } from "../errors";
import { cleanRunId, runIdOf, traceIdOf } from "./context";
import { needed, readCredentials } from "./form";
import type { TokenGrant, TokenRequest } from "./token";

export const TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";

/** RFC 8693 token exchange. */
export const exchangeGrant: TokenGrant = async (core, request) => {
  const issued = await exchange(core, readExchange(request));
  return {
    access_token: issued.accessToken,
    issued_token_type: issued.issuedTokenType,
    token_type: "Bearer",
    expires_in: issued.expiresInSeconds,
    scope: issued.scopes.join(" "),
    ...(issued.grantId ? { grant_id: issued.grantId } : {}),
    connection_id: issued.connectionId,
    use_id: issued.useId,
    narrowed_by: issued.narrowedBy,
    pattern: issued.pattern,
    ...(issued.tried ? { tried: issued.tried } : {}),
    ...(issued.warning ? { warning: issued.warning } : {}),
    api_base: issued.apiBase,
  };
};

function readExchange({ headers, form, wire }: TokenRequest): ExchangeRequest {
  if (form.has("actor_token") || form.has("actor_token_type")) {
    throw new Refusal("invalid_request", "actor_token is not taken here: the actor is the client that authenticates. Leave it out.", {
      reason: "actor_token",
    });
  }
  refuseOtherTokenTypes(form.get("requested_token_type"));
  return {
    credentials: readCredentials(headers, form),
    subjectToken: needed(form, "subject_token"),
    subjectTokenType: needed(form, "subject_token_type"),
    scopes: [...new Set((form.get("scope") ?? "").split(" ").filter(Boolean))],
    resources: form.getAll("resource"),
    audiences: form.getAll("audience"),
    runId: cleanRunId(form.get("run_id") ?? undefined) ?? runIdOf(headers),
    traceId: traceIdOf(headers),
    requestId: wire.requestId,
  };
}

/** What is issued is an access token, ours or the SaaS's: which one the grant decides. RFC 8693 section 2.1. */
function refuseOtherTokenTypes(type: string | null): void {
  if (type === null || type === ACCESS_TOKEN_TYPE) return;
  throw new Refusal("invalid_request", `Only access tokens are given here. Send ${ACCESS_TOKEN_TYPE}, or leave requested_token_type out.`, {
    reason: "requested_token_type_unknown",
  });
}
