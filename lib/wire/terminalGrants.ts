import { pollTerminal } from "../people/pollTerminal";
import { refreshTerminal } from "../people/refreshTerminal";
import type { TerminalTokens } from "../people/terminalTokens";
import { needed } from "./form";
import { publicClientId, readScopes } from "./publicClient";
import type { TokenGrant } from "./token";

export const DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";
export const REFRESH_TOKEN = "refresh_token";

/** RFC 8628 section 3.4. */
export const deviceGrant: TokenGrant = async (core, { headers, form, wire }) => {
  const clientId = publicClientId(headers, form);
  return answer(await pollTerminal(core, { clientId, deviceCode: needed(form, "device_code"), requestId: wire.requestId }));
};

/** RFC 6749 section 6. */
export const refreshGrant: TokenGrant = async (core, { headers, form, wire }) => {
  const clientId = publicClientId(headers, form);
  const refreshToken = needed(form, "refresh_token");
  return answer(await refreshTerminal(core, { clientId, refreshToken, scopes: readScopes(form), requestId: wire.requestId }));
};

function answer({ accessToken, expiresInSeconds, refreshToken, scope }: TerminalTokens) {
  return { access_token: accessToken, token_type: "Bearer", expires_in: expiresInSeconds, refresh_token: refreshToken, scope };
}
