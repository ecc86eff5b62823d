import { Stop } from "./http";
import { invalidGrant } from "./redeemCode";
import { isSubset, SCOPE_NAMES, splitScopes } from "./scopes";
import { type Client, nowMs, type State, type Token } from "./state";
import type { Given } from "./tokenAnswer";
import { endFamily, endOlderAccess, type Holder, type Issued, issueAccess, issueRefresh } from "./tokens";

/**
 * Trades a refresh token for a fresh access token. RFC 6749 section 6, rotation as in RFC 9700 section 4.14.2.
 *
 * Throws `Stop` 400: `invalid_grant` (unknown, ended, or replaced before: then the family ends with it),
 * `invalid_scope` beyond what was consented, `invalid_request` where this SaaS takes no scope here.
 */
export function redeemRefresh(state: State, client: Client, form: URLSearchParams): Given {
  const value = form.get("refresh_token") ?? "";
  const token = findRefresh(state, client, value);
  const scopes = scopesFor(state, token, form.get("scope"));
  if (state.profile.refreshKillsAccess) endOlderAccess(state, token.familyId);
  const holder = { familyId: token.familyId, clientId: token.clientId, personId: token.personId };
  const kept = state.profile.scopeOnRefresh === "persist" ? scopes : token.scopes;
  const refresh = rotate(state, token, { ...holder, scopes: kept });
  return { by: "refresh", access: issueAccess(state, { ...holder, scopes }), refresh };
}

function findRefresh(state: State, client: Client, value: string): Token {
  const token = state.tokens.get(value);
  if (token === undefined || token.kind !== "refresh" || token.clientId !== client.clientId)
    throw invalidGrant("The refresh token is not known.");
  if (token.ended) throw invalidGrant("The refresh token was revoked.");
  if (token.replacedAtMs !== null && nowMs(state) >= graceEndMs(state, token.replacedAtMs)) {
    endFamily(state, token.familyId);
    throw invalidGrant("The refresh token was used before. Everything that came from it is revoked.");
  }
  return token;
}

function graceEndMs(state: State, replacedAtMs: number): number {
  return replacedAtMs + state.profile.rotationGraceSeconds * 1000;
}

function scopesFor(state: State, token: Token, asked: string | null): readonly string[] {
  const how = state.profile.scopeOnRefresh;
  if (how === "wider") return SCOPE_NAMES;
  if (how === "ignore" || asked === null) return token.scopes;
  if (how === "refuse") throw new Stop(400, { error: "invalid_request", error_description: "The scope cannot be changed on refresh." });
  const scopes = splitScopes(asked, state.profile.separator);
  if (scopes.length === 0 || !isSubset(scopes, token.scopes))
    throw new Stop(400, { error: "invalid_scope", error_description: "The scope is wider than what was consented." });
  return scopes;
}

/** The new refresh token, or null where the old one stays. */
function rotate(state: State, token: Token, holder: Holder): Issued | null {
  if (state.profile.rotation !== "rotating") {
    token.scopes = holder.scopes;
    return null;
  }
  token.replacedAtMs ??= nowMs(state);
  return issueRefresh(state, holder);
}
