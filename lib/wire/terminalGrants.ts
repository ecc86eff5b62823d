import { Refusal } from "../errors";
import { pollTerminal } from "../people/pollTerminal";
import { refreshTerminal } from "../people/refreshTerminal";
import type { TerminalTokens } from "../people/terminalTokens";
import { needed } from "./form";
import { publicClientId, readScopes } from "./publicClient";
import type { TokenGrant } from "./token";

export const DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";
export const REFRESH_TOKEN = "refresh_token";

/** RFC 8628 section 3.4. */
export const deviceGrant: TokenGrant = async (core, { headers, form, wire, jkt }) => {
  refuseKey(jkt);
  const clientId = publicClientId(headers, form);
  return answer(await pollTerminal(core, { clientId, deviceCode: needed(form, "device_code"), requestId: wire.requestId }));
};

/** RFC 6749 section 6. */
export const refreshGrant: TokenGrant = async (core, { headers, form, wire, jkt }) => {
  refuseKey(jkt);
  const clientId = publicClientId(headers, form);
  const refreshToken = needed(form, "refresh_token");
  return answer(await refreshTerminal(core, { clientId, refreshToken, scopes: readScopes(form), requestId: wire.requestId }));
};

/** The REST API takes bearer tokens: a bound one would promise what nobody there holds it to. */
function refuseKey(jkt: string | undefined): void {
  if (jkt === undefined) return;
  throw new Refusal("invalid_request", "The tokens of people's terminals are bearer tokens. Leave the DPoP proof out.", {
    reason: "terminal_unbound",
  });
}

function answer({ accessToken, expiresInSeconds, refreshToken, scope }: TerminalTokens) {
  return { access_token: accessToken, expires_in: expiresInSeconds, refresh_token: refreshToken, scope };
}
