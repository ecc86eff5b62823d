import { authenticateClient } from "./clientAuth";
import { answerJson, type Exchange, readJson, Stop } from "./http";
import { isSubset, splitScopes } from "./scopes";
import { type Client, findPerson, type State, type Token } from "./state";
import type { Given } from "./tokenAnswer";
import { type Issued, issueAccess, tokenState } from "./tokens";

const ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token";

/** RFC 8693 section 2: a smaller access token from a live one, ending with it. */
export function redeemExchange(state: State, client: Client, form: URLSearchParams): Given {
  if (state.profile.downscope !== "rfc8693")
    throw new Stop(400, { error: "unsupported_grant_type", error_description: "This grant type is not supported." });
  const subject = liveAccess(state, client, form.get("subject_token"));
  if (subject === null || form.get("subject_token_type") !== ACCESS_TOKEN_TYPE)
    throw new Stop(400, {
      error: "invalid_request",
      error_description: "The subject token is not a live access token.",
    });
  const scopes = splitScopes(form.get("scope") ?? "", state.profile.separator);
  if (scopes.length === 0 || !isSubset(scopes, subject.scopes))
    throw new Stop(400, { error: "invalid_scope", error_description: "The scope is wider than the subject token's." });
  return { by: "exchange", access: derive(state, subject, scopes), refresh: null };
}

/**
 * `POST /applications/{client_id}/token/scoped`, as GitHub Apps have it: Basic client authentication, a JSON body with
 * `access_token` and `permissions` such as `{"issues":"read"}`. 404 for a token that does not live, 422 for a wider wish.
 */
export async function answerScopedToken(state: State, exchange: Exchange): Promise<void> {
  if (state.profile.downscope !== "github") throw new Stop(404, { error: "not_found" });
  const client = authenticateClient(state, exchange, new URLSearchParams());
  if (exchange.path !== `/applications/${client.clientId}/token/scoped`) throw new Stop(404, { error: "not_found" });
  const body = await readJson(exchange);
  const subject = liveAccess(state, client, typeof body.access_token === "string" ? body.access_token : null);
  if (subject === null) throw new Stop(404, { error: "not_found" });
  const scopes = fromPermissions(body.permissions);
  if (scopes.length === 0 || !isSubset(scopes, subject.scopes))
    throw new Stop(422, { error: "validation_failed", message: "The permissions are wider than the token's." });
  answerJson(exchange, 200, scopedBody(state, derive(state, subject, scopes), body.permissions));
}

function scopedBody(state: State, made: Issued, permissions: unknown): Record<string, unknown> {
  const { expiresAtMs, personId } = made.token;
  const person = findPerson(state, { id: personId });
  return {
    token: made.value,
    expires_at: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
    installation: { permissions },
    user: { login: person?.login },
  };
}

function fromPermissions(permissions: unknown): string[] {
  if (typeof permissions !== "object" || permissions === null) return [];
  return Object.entries(permissions).map(([noun, level]) => `${noun}:${String(level)}`);
}

function liveAccess(state: State, client: Client, value: string | null): Token | null {
  const token = value === null ? undefined : state.tokens.get(value);
  if (token === undefined || token.kind !== "access" || token.clientId !== client.clientId) return null;
  return tokenState(state, token) === "live" ? token : null;
}

function derive(state: State, subject: Token, scopes: readonly string[]): Issued {
  const { familyId, clientId, personId } = subject;
  return issueAccess(state, { familyId, clientId, personId, scopes }, subject);
}
