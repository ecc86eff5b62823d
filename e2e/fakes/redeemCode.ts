import { createHash } from "node:crypto";
import { Stop } from "./http";
import { type Client, type Code, nowMs, type State } from "./state";
import type { Given } from "./tokenAnswer";
import { endFamily, issueAccess, issueRefresh } from "./tokens";

/**
 * Trades a code for tokens. RFC 6749 section 4.1.3, RFC 7636 section 4.6.
 *
 * The first try of the code's own client uses it up, also a wrong one, so nothing can be guessed.
 * Throws `Stop` 400 `invalid_grant`; a replay also ends what the code gave (RFC 6749 section 4.1.2).
 */
export function redeemCode(state: State, client: Client, form: URLSearchParams): Given {
  const code = takeCode(state, client, form.get("code") ?? "");
  if (code.expiresAtMs <= nowMs(state)) throw invalidGrant("The code has expired.");
  if (form.get("redirect_uri") !== code.redirectUri) throw invalidGrant("The redirect_uri is not the one of the code.");
  checkVerifier(state, code, form.get("code_verifier"));
  const { familyId, clientId, personId, scopes } = code;
  const access = issueAccess(state, { familyId, clientId, personId, scopes });
  const refresh = state.profile.rotation === "none" ? null : issueRefresh(state, { familyId, clientId, personId, scopes });
  return { by: "code", access, refresh };
}

function takeCode(state: State, client: Client, value: string): Code {
  const code = state.codes.get(value);
  if (code === undefined || code.clientId !== client.clientId) throw invalidGrant("The code is not known.");
  if (code.used) {
    endFamily(state, code.familyId);
    throw invalidGrant("The code was used before.");
  }
  code.used = true;
  return code;
}

function checkVerifier(state: State, code: Code, verifier: string | null): void {
  if (state.profile.pkce === "ignored") return;
  // A verifier without a challenge is a downgrade: somebody stripped it on the way (RFC 9700 section 2.1.1).
  const isWanted = code.challenge !== null;
  if (isWanted !== (verifier !== null)) throw invalidGrant("The code_verifier does not fit.");
  if (!isWanted || verifier === null) return;
  const isWellFormed = /^[A-Za-z0-9._~-]{43,128}$/.test(verifier);
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  if (!isWellFormed || challenge !== code.challenge) throw invalidGrant("The code_verifier does not fit.");
}

export function invalidGrant(description: string): Stop {
  return new Stop(400, { error: "invalid_grant", error_description: description });
}
