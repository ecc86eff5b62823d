import { authenticateClient } from "./clientAuth";
import { answer, type Exchange, readForm, Stop } from "./http";
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

function end(state: State, token: Token): void {
  const reach = state.profile.revocation;
  if (reach === "grant") endConsent(state, token.personId, token.clientId);
  else if (reach === "family" || token.kind === "refresh") endFamily(state, token.familyId);
  else token.ended = true;
}
