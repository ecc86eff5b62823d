import { askTerminal, CODE_SECONDS, INTERVAL_SECONDS } from "../people/askTerminal";
import { oauthEndpoint } from "./oauthEndpoint";
import { publicClientId, readScopes } from "./publicClient";

/** `POST /oauth/device_authorization`, RFC 8628 section 3.1. */
export const deviceAuthorization = oauthEndpoint(async (core, { headers, form, wire }) => {
  const clientId = publicClientId(headers, form);
  const { address, requestId } = wire;
  const { deviceCode, userCode } = await askTerminal(core, { clientId, scopes: readScopes(form), address, requestId });
  const page = `${core.settings.publicUrl}/device`;
  return {
    device_code: deviceCode,
    user_code: userCode,
    verification_uri: page,
    verification_uri_complete: `${page}?user_code=${userCode}`,
    expires_in: CODE_SECONDS,
    interval: INTERVAL_SECONDS,
  };
});
