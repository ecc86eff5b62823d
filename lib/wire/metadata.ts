import { CONNECTOR_TOKEN_TYPE, GRANT_TOKEN_TYPE } from "../broker/exchange";
import { ACCESS_TOKEN_TYPE, JWT_TOKEN_TYPE } from "../broker/tokenTypes";
import type { Core } from "../ctx";
import { CONNECTOR_ACCESS } from "../policy/accessDetails";
import { ASSERTION_ALGORITHMS } from "../tokens/assertion";
import { PROOF_ALGORITHMS } from "../tokens/dpop";
import { TOKEN_GRANTS } from "./token";

/** How a caller proves who they are, at every endpoint where somebody must. */
const PROOFS = ["private_key_jwt", "client_secret_basic", "client_secret_post", "spiffe_jwt"];
/** The same, and people's own clients, which prove nothing. */
const PROOFS_OR_NONE = [...PROOFS, "none"];

/** RFC 8414 metadata: what this authorization server does today, and nothing it does not. */
export function serverMetadata(core: Core): Record<string, unknown> {
  const issuer = core.settings.publicUrl;
  return {
    issuer,
    token_endpoint: `${issuer}/oauth/token`,
    introspection_endpoint: `${issuer}/oauth/introspect`,
    revocation_endpoint: `${issuer}/oauth/revoke`,
    device_authorization_endpoint: `${issuer}/oauth/device_authorization`,
    jwks_uri: `${issuer}/oauth/jwks`,
    response_types_supported: [],
    grant_types_supported: Object.keys(TOKEN_GRANTS),
    token_endpoint_auth_methods_supported: PROOFS_OR_NONE,
    token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    // A person's own API token is a bearer token (RFC 7662 section 2.1).
    introspection_endpoint_auth_methods_supported: [...PROOFS, "Bearer"],
    introspection_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    revocation_endpoint_auth_methods_supported: PROOFS_OR_NONE,
    revocation_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    dpop_signing_alg_values_supported: PROOF_ALGORITHMS,
    subject_token_types_supported: [GRANT_TOKEN_TYPE, CONNECTOR_TOKEN_TYPE, ACCESS_TOKEN_TYPE, JWT_TOKEN_TYPE],
    actor_token_types_supported: [ACCESS_TOKEN_TYPE, JWT_TOKEN_TYPE],
    authorization_details_types_supported: [CONNECTOR_ACCESS],
    service_documentation: `${issuer}/api/v1/openapi.json`,
  };
}
