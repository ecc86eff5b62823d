import { authenticateClient } from "./clientAuth";
import { redeemExchange } from "./downscope";
import { type Exchange, readForm, Stop } from "./http";
import { redeemCode } from "./redeemCode";
import { redeemRefresh } from "./redeemRefresh";
import type { Client, State } from "./state";
import { answerToken, answerTokenError, type Given } from "./tokenAnswer";

type GrantType = (state: State, client: Client, form: URLSearchParams) => Given;

const GRANT_TYPES: Readonly<Record<string, GrantType>> = {
  authorization_code: redeemCode,
  refresh_token: redeemRefresh,
  "urn:ietf:params:oauth:grant-type:token-exchange": redeemExchange,
};

/** `POST /oauth/token`, RFC 6749 section 3.2. The answer of a refresh waits at the gate, its work already done. */
export async function answerTokenRequest(state: State, exchange: Exchange): Promise<void> {
  try {
    const given = await redeem(state, exchange);
    if (given.by === "refresh") await state.gate.pass();
    answerToken(state, exchange, given);
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop;
    answerTokenError(state, exchange, stop);
  }
}

async function redeem(state: State, exchange: Exchange): Promise<Given> {
  if (exchange.query.size > 0)
    throw new Stop(400, { error: "invalid_request", error_description: "Send the parameters in the body only." });
  const form = await readForm(exchange);
  const client = authenticateClient(state, exchange, form);
  const grantType = form.get("grant_type") ?? "";
  const redeemGrant = Object.hasOwn(GRANT_TYPES, grantType) ? GRANT_TYPES[grantType] : undefined;
  if (redeemGrant === undefined)
    throw new Stop(400, { error: "unsupported_grant_type", error_description: "This grant type is not supported." });
  const given = redeemGrant(state, client, form);
  exchange.call.scopes = given.access.token.scopes;
  return given;
}
