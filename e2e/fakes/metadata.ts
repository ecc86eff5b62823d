import { answerJson, type Exchange } from "./http";
import { SCOPE_NAMES } from "./scopes";
import type { State } from "./state";

/** `GET /.well-known/oauth-authorization-server`, RFC 8414. */
export function answerMetadata(state: State, exchange: Exchange): void {
  const { base, profile } = state;
  answerJson(exchange, 200, {
    issuer: base,
    authorization_endpoint: `${base}/oauth/authorize`,
    token_endpoint: `${base}/oauth/token`,
    ...(profile.revocation === "absent" ? {} : { revocation_endpoint: `${base}/oauth/revoke` }),
    scopes_supported: SCOPE_NAMES,
    response_types_supported: ["code"],
    grant_types_supported: ["authorization_code", ...(profile.rotation === "none" ? [] : ["refresh_token"])],
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
    ...(profile.pkce === "ignored" ? {} : { code_challenge_methods_supported: ["S256"] }),
    authorization_response_iss_parameter_supported: profile.iss === "right",
  });
}
