import { authenticateClient } from "./clientAuth";
import { answerJson, type Exchange, readJson, Stop } from "./http";
import { isSubset, splitScopes } from "./scopes";
import { type Client, findPerson, type Installation, type State, type Token } from "./state";
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
  const given = state.profile.downscopeTells === "wider" ? subject.scopes : scopes;
  return { by: "exchange", access: derive(state, subject, given), refresh: null };
}

/**
 * `POST /applications/{client_id}/token/scoped`, as GitHub Apps have it: Basic client authentication, a JSON body with
 * `access_token`, `target` (whose installation) and `permissions` such as `{"issues":"read"}`. 404 for a token that does not
 * live, 422 for a wider wish or an account that the person is not shown.
 */
export async function answerScopedToken(state: State, exchange: Exchange): Promise<void> {
  if (state.profile.downscope !== "github") throw new Stop(404, { error: "not_found" });
  const client = authenticateClient(state, exchange, new URLSearchParams());
  if (exchange.path !== `/applications/${client.clientId}/token/scoped`) throw new Stop(404, { error: "not_found" });
  const body = await readJson(exchange);
  const subject = liveAccess(state, client, typeof body.access_token === "string" ? body.access_token : null);
  if (subject === null) throw new Stop(404, { error: "not_found" });
  const wish = readWish(state, subject, body);
  answerJson(exchange, 200, scopedBody(state, derive(state, subject, wish.scopes, wish.repositories), wish));
}

interface Wish {
  readonly permissions: Readonly<Record<string, string>>;
  readonly scopes: readonly string[];
  readonly repositories: readonly string[] | undefined;
}

function readWish(state: State, subject: Token, body: Record<string, unknown>): Wish {
  const target = String(body.target ?? "").toLowerCase();
  const installation = state.installations.find((one) => one.account.login.toLowerCase() === target);
  const login = findPerson(state, { id: subject.personId })?.login ?? "";
  if (installation === undefined || !installation.seenBy.includes(login)) throw unprocessable("The target is not an installation.");
  const wider = state.profile.downscopeTells === "wider";
  const permissions = wider ? { issues: "write" } : asPermissions(body.permissions);
  const scopes = scopesOf(permissions);
  if (scopes.length === 0 || !isSubset(scopes, subject.scopes)) throw unprocessable("The permissions are wider than the token's.");
  return { permissions, scopes, repositories: pickRepositories(installation, body.repositories) };
}

/** Names without their owner, all of one installation. */
export function pickRepositories(installation: Installation, names: unknown): string[] | undefined {
  if (names === undefined) return undefined;
  const asked = Array.isArray(names) ? names.map((name) => `${installation.account.login}/${String(name)}`) : [];
  const known = asked.filter((one) => installation.repositories.includes(one));
  if (asked.length === 0 || known.length !== asked.length) throw unprocessable("There is at least one repository that does not exist.");
  return known;
}

function scopedBody(state: State, made: Issued, { permissions, repositories }: Wish): Record<string, unknown> {
  const { expiresAtMs, personId } = made.token;
  const person = findPerson(state, { id: personId });
  const tells = state.profile.downscopeTells;
  const selection = repositories === undefined ? "all" : "selected";
  const opens = { permissions: { ...permissions, metadata: "read" }, repository_selection: selection };
  return {
    token: made.value,
    expires_at: expiresAtMs === null || tells === "no_end" ? null : new Date(expiresAtMs).toISOString(),
    installation: tells === "nothing" ? null : opens,
    user: { login: person?.login },
  };
}

export function asPermissions(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([noun, level]) => [noun, String(level)]));
}

/** Whoever may write may read, at GitHub. */
export function scopesOf(permissions: Readonly<Record<string, string>>): string[] {
  return Object.entries(permissions).flatMap(([noun, level]) =>
    level === "write" ? [`${noun}:read`, `${noun}:write`] : [`${noun}:${level}`],
  );
}

export function unprocessable(message: string): Stop {
  return new Stop(422, { error: "validation_failed", message });
}

function liveAccess(state: State, client: Client, value: string | null): Token | null {
  const token = value === null ? undefined : state.tokens.get(value);
  if (token === undefined || token.kind !== "access" || token.clientId !== client.clientId) return null;
  return tokenState(state, token) === "live" ? token : null;
}

function derive(state: State, subject: Token, scopes: readonly string[], repositories?: readonly string[]): Issued {
  const { familyId, clientId, personId } = subject;
  return issueAccess(state, { familyId, clientId, personId, scopes, repositories }, subject);
}
