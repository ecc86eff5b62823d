import { authenticateClient } from "./clientAuth";
import { answer, type Exchange, readForm, readJson, Stop } from "./http";
import type { State, Token } from "./state";
import { endConsent, endFamily } from "./tokens";

/** `POST /oauth/revoke`, RFC 7009: 200 also for a token nobody knows, and nothing happens to another client's token. */
export async function answerRevoke(state: State, exchange: Exchange): Promise<void> {
  if (state.profile.revocation === "absent") throw new Stop(404, { error: "not_found" });
  const form = await readForm(exchange);
  const client = authenticateClient(state, exchange, form);
  const value = form.get("token");
  if (value === null) throw new Stop(400, { error: "invalid_request", error_description: "Say which token." });
  const token = state.tokens.get(value);
  if (token !== undefined && token.clientId === client.clientId) end(state, token);
  answer(exchange, 200, { "cache-control": "no-store" }, "");
}

/** `DELETE /applications/{client_id}/token`, as GitHub has it: 404 for a token that does not live. */
export async function endAppToken(state: State, exchange: Exchange): Promise<void> {
  const client = authenticateClient(state, exchange, new URLSearchParams());
  if (exchange.path !== `/applications/${client.clientId}/token`) throw new Stop(404, { error: "not_found" });
  const { access_token: value } = await readJson(exchange);
  const token = typeof value === "string" ? state.tokens.get(value) : undefined;
  if (token === undefined || token.clientId !== client.clientId || token.ended) throw new Stop(404, { error: "not_found" });
  end(state, token);
  answer(exchange, 204, {}, "");
}

function end(state: State, token: Token): void {
  const reach = state.profile.revocation;
  if (reach === "grant") endConsent(state, token.personId, token.clientId);
  else if (reach === "family" || token.kind === "refresh") endFamily(state, token.familyId);
  else token.ended = true;
}
