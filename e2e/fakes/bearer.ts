import { type Exchange, Stop } from "./http";
import type { Scope } from "./scopes";
import { findPerson, type Person, type State, type Token } from "./state";
import { tokenState } from "./tokens";

/** Whose call this is, by a token that lives. */
export interface Caller {
  /** For an installation's token: the app itself, under its bot's name. */
  readonly person: Person;
  readonly token: Token;
}

/**
 * Finds the caller by the Authorization header alone (never by a query parameter), and takes it down in the log.
 * Throws `Stop` 401 for a token that is missing, unknown, revoked or expired. RFC 6750 section 3.
 */
export function authenticateCall(state: State, exchange: Exchange): Caller {
  const header = exchange.request.headers.authorization;
  if (header === undefined) throw new Stop(401, { error: "unauthorized" }, { "www-authenticate": "Bearer" });
  const value = /^Bearer ([\w.~+/-]+=*)$/i.exec(header)?.[1] ?? "";
  const token = state.tokens.get(value);
  const person = token && (findPerson(state, { id: token.personId }) ?? findBot(state, token));
  exchange.call.credential = "unknown";
  if (token === undefined || person === undefined || token.kind !== "access") throw invalidToken("unknown");
  const standing = tokenState(state, token);
  Object.assign(exchange.call, {
    credential: standing,
    scopes: token.scopes,
    login: person.login,
    clientId: token.clientId,
  });
  if (standing !== "live") throw invalidToken(standing);
  return { person, token };
}

function findBot(state: State, token: Token): Person | undefined {
  const app = state.apps.find((one) => token.personId === `app-${one.id}`);
  return app && { id: token.personId, login: `${app.slug}[bot]`, name: app.slug };
}

function invalidToken(why: "unknown" | "ended" | "expired"): Stop {
  const body = { error: "invalid_token", error_description: `The access token is ${why}.` };
  return new Stop(401, body, { "www-authenticate": 'Bearer error="invalid_token"' });
}

/** Throws `Stop` 403 with the scope that is missing. No scope includes another. */
export function requireScope(caller: Caller, scope: Scope): void {
  if (caller.token.scopes.includes(scope)) return;
  const challenge = `Bearer error="insufficient_scope", scope="${scope}"`;
  throw new Stop(403, { error: "insufficient_scope", scope }, { "www-authenticate": challenge });
}
