import { answer, answerJson, type Exchange, type Stop } from "./http";
import { nowMs, type State } from "./state";
import type { Issued } from "./tokens";

/** What a grant gave. */
export interface Given {
  readonly by: "code" | "refresh" | "exchange";
  readonly access: Issued;
  readonly refresh: Issued | null;
}

/** Sends tokens in the profile's shape. RFC 6749 section 5.1. */
export function answerToken(state: State, exchange: Exchange, given: Given): void {
  const flat = flatBody(state, given);
  const extra = withBase(state.profile.extra, state.base);
  send(state, exchange, 200, { ...shape(state, given, flat), ...extra });
}

/** Sends a refusal in the profile's shape. RFC 6749 section 5.2. */
export function answerTokenError(state: State, exchange: Exchange, stop: Stop): void {
  const body = state.profile.tokenAnswer === "nested" ? { ok: false, ...stop.body } : stop.body;
  const status = state.profile.errorsAs200 ? 200 : stop.status;
  send(state, exchange, status, body, status === 200 ? {} : stop.headers);
}

function flatBody(state: State, given: Given): Record<string, unknown> {
  const { scopes } = given.access.token;
  const separator = state.profile.answerSeparator ?? state.profile.separator;
  return {
    access_token: given.access.value,
    token_type: "Bearer",
    ...expiry(state, given),
    ...(given.refresh === null ? {} : { refresh_token: given.refresh.value }),
    ...told(state, given, scopes.join(separator)),
    ...(given.by === "exchange" ? { issued_token_type: "urn:ietf:params:oauth:token-type:access_token" } : {}),
  };
}

/** What the answer says the token opens. */
function told(state: State, given: Given, scope: string): Record<string, unknown> {
  const { profile } = state;
  if (profile.appScopes !== null) return { scope: "" };
  if (given.by === "exchange" && profile.downscopeTells === "restricted_to")
    return { restricted_to: scope.split(" ").map((name) => ({ scope: name, object: { type: "folder", id: "0" } })) };
  if (profile.downscopeTells === "restricted_to" && given.by !== "exchange") return { scope, restricted_to: [] };
  return profile.omitScope || (given.by === "exchange" && profile.downscopeTells === "nothing") ? {} : { scope };
}

function expiry(state: State, given: Given): { expires_in?: unknown } {
  const { expiresAtMs } = given.access.token;
  const truth = expiresAtMs === null ? null : Math.round((expiresAtMs - nowMs(state)) / 1000);
  if (given.by === "exchange" && state.profile.downscopeTells === "no_end") return {};
  const said = state.profile.expiresIn === undefined ? truth : state.profile.expiresIn;
  if (said === null) return {};
  return { expires_in: said === "string" ? String(truth) : said };
}

function shape(state: State, given: Given, flat: Record<string, unknown>): Record<string, unknown> {
  if (state.profile.tokenAnswer === "flat") return flat;
  if (given.by !== "code") return { ok: true, ...flat, token_type: "user" };
  const user = { id: given.access.token.personId, ...flat, token_type: "user" };
  return { ok: true, app_id: "A0DEMO", authed_user: user, team: { id: "T0DEMO", name: "Demo" }, enterprise: null };
}

function withBase(extra: Readonly<Record<string, unknown>>, base: string): Record<string, unknown> {
  const fill = (value: unknown) => (typeof value === "string" ? value.replaceAll("{base}", base) : value);
  return Object.fromEntries(Object.entries(extra).map(([name, value]) => [name, fill(value)]));
}

function send(
  state: State,
  exchange: Exchange,
  status: number,
  body: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): void {
  const asksJson = (exchange.request.headers.accept ?? "").includes("json");
  const noStore = { ...headers, "cache-control": "no-store", pragma: "no-cache" };
  if (!state.profile.formUnlessAsked || asksJson) {
    answerJson(exchange, status, body, noStore);
    return;
  }
  const form = new URLSearchParams(Object.entries(body).map(([name, value]) => [name, String(value)]));
  answer(exchange, status, { ...noStore, "content-type": "application/x-www-form-urlencoded" }, form.toString());
}
