import * as oauth from "oauth4webapi";
import type { Core } from "../ctx";
import { isRefusal, Refusal } from "../errors";
import type { BoundaryWish } from "../policy/boundary";
import type { SaasClient } from "../setups/client";
import { askSaas } from "./askSaas";
import { earlier, type Narrowed } from "./narrowed";
import { accessInTurn } from "./refresh";
import { expiryOf } from "./sealTokens";
import { ACCESS_TOKEN_TYPE, judge, TOKEN_EXCHANGE } from "./tokenEndpoint";

/** Why a SaaS made no narrower token, or none for single resources: the account's own still works, at the gateway. */
export const NONE_MADE = [
  "provider_refused",
  "provider_invalid_grant",
  "provider_bad_answer",
  "provider_token_type",
  "provider_timed_out",
  "provider_unreachable",
  "provider_certificate",
  "provider_resting",
  "destination_forbidden",
] as const;
export type NotBounded = (typeof NONE_MADE)[number];

/**
 * Has the SaaS make a token for single resources out of the account's live one. Its answer tells no scope, and for a person's
 * account no end either: Google ends it with the token it was made of. Call it inside `inTurn` for the connection.
 *
 * Refuses as the account's own access does: where there is none, there is nothing to bound.
 */
export async function askBoundary(
  core: Core,
  client: SaasClient,
  connectionId: string,
  wish: BoundaryWish,
): Promise<Narrowed | NotBounded> {
  const parent = await accessInTurn(core, connectionId);
  try {
    const answer = await exchangeBounded(core, client, parent.accessToken, wish);
    const expiresAt = earlier(expiryOf(answer, core.clock.now()), parent.expiresAt);
    return { accessToken: answer.accessToken, expiresAt, told: null, within: [] };
  } catch (error) {
    const cause = isRefusal(error) ? NONE_MADE.find((one) => one === error.reason) : undefined;
    if (!cause) throw error;
    return cause;
  }
}

/** RFC 8693 section 2, with Google's `options`. No client proves itself: the token alone says whose it is. */
async function exchangeBounded(core: Core, client: SaasClient, subject: string, { url, rules }: BoundaryWish) {
  const server = { issuer: new URL(url).origin, token_endpoint: url };
  const parameters = new URLSearchParams({
    requested_token_type: ACCESS_TOKEN_TYPE,
    subject_token: subject,
    subject_token_type: ACCESS_TOKEN_TYPE,
    options: JSON.stringify({ accessBoundary: { accessBoundaryRules: rules } }),
  });
  const answer = await judge(client, async () => {
    const party = { client_id: client.clientId };
    const response = await oauth.genericTokenEndpointRequest(server, party, noProof, TOKEN_EXCHANGE, parameters, sending(core, client));
    return oauth.processGenericTokenEndpointResponse(server, party, response);
  });
  if ((answer.body as oauth.TokenEndpointResponse).issued_token_type !== ACCESS_TOKEN_TYPE)
    throw new Refusal("upstream_failed", `${client.connector.name} gave a token of another kind.`, { reason: "provider_token_type" });
  return answer;
}

const noProof: oauth.ClientAuth = () => {};

function sending(core: Core, { connector }: SaasClient) {
  return {
    // As with every token endpoint, http can only come from a setting.
    [oauth.allowInsecureRequests]: true,
    [oauth.customFetch]: (url: string, { method, headers, body }: oauth.CustomFetchOptions<string, URLSearchParams | undefined>) =>
      askSaas(core, connector, url, { method, headers, body: body ?? null }),
  };
}
