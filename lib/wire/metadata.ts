import { CONNECTOR_TOKEN_TYPE, GRANT_TOKEN_TYPE } from "../broker/exchange";
import type { Core } from "../ctx";
import { TOKEN_GRANTS } from "./token";

/** RFC 8414 metadata: what this authorization server does today, and nothing it does not. */
export function serverMetadata(core: Core): Record<string, unknown> {
  const issuer = core.settings.publicUrl;
  return {
    issuer,
    token_endpoint: `${issuer}/oauth/token`,
    jwks_uri: `${issuer}/oauth/jwks`,
    response_types_supported: [],
    grant_types_supported: Object.keys(TOKEN_GRANTS),
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
    subject_token_types_supported: [GRANT_TOKEN_TYPE, CONNECTOR_TOKEN_TYPE],
    service_documentation: `${issuer}/api/v1/openapi.json`,
  };
}
