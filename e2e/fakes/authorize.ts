import { consentPage, refusalPage } from "./consentPage";
import { answerPage, type Exchange, firstDouble, readForm, redirect } from "./http";
import { isScope, isSubset, splitScopes } from "./scopes";
import { type Client, findPerson, nowMs, type Person, type State } from "./state";
import { newFamilyId, newSecret } from "./tokens";

/** RFC 6749 section 4.1.2 recommends at most ten minutes; a minute is enough for a redirect. */
const CODE_SECONDS = 60;

export interface AuthorizeRequest {
  readonly client: Client;
  readonly redirectUri: string;
  readonly state: string | null;
  readonly scopes: readonly string[];
  readonly challenge: string | null;
  /** Everything as it came, for the hidden fields of the page. */
  readonly parameters: URLSearchParams;
}

/** Not safe to send back: shown to the person (RFC 6749 section 4.1.2.1). */
class PageRefusal extends Error {}

/** Safe to send back to the client. */
class CallbackRefusal extends Error {
  constructor(
    readonly code: string,
    readonly description: string,
  ) {
    super(code);
  }
}

/** `GET /oauth/authorize`: shows who asks for what. */
export async function showConsent(state: State, exchange: Exchange): Promise<void> {
  await judged(state, exchange, exchange.query, (asked) => {
    answerPage(exchange, 200, consentPage(state, exchange, asked));
  });
}

/** `POST /oauth/authorize`: everything is judged again, because a form can be posted without its page. */
export async function takeConsent(state: State, exchange: Exchange): Promise<void> {
  const form = await readForm(exchange);
  await judged(state, exchange, form, (asked) => {
    if (exchange.broken?.mode === "access_denied" || form.has("deny")) throw new CallbackRefusal("access_denied", "The person said no.");
    const person = findPerson(state, { login: form.get("login") ?? "" });
    if (person === undefined) throw new PageRefusal("There is no such person here.");
    exchange.call.login = person.login;
    redirect(exchange, 303, callback(state, asked, { code: newCode(state, asked, person) }));
  });
}

async function judged(state: State, exchange: Exchange, parameters: URLSearchParams, go: (asked: AuthorizeRequest) => void): Promise<void> {
  try {
    const back = judgeClient(state, parameters);
    try {
      go(judgeRequest(state, back, parameters));
    } catch (refusal) {
      if (!(refusal instanceof CallbackRefusal)) throw refusal;
      const asked = { ...back, state: parameters.get("state") };
      const problem = { error: refusal.code, error_description: refusal.description };
      redirect(exchange, 303, callback(state, asked, problem));
    }
  } catch (refusal) {
    if (!(refusal instanceof PageRefusal)) throw refusal;
    answerPage(exchange, 400, refusalPage(refusal.message));
  }
}

function judgeClient(state: State, parameters: URLSearchParams): Pick<AuthorizeRequest, "client" | "redirectUri"> {
  const twice = firstDouble(parameters);
  if (twice !== null) throw new PageRefusal(`The parameter ${twice} came twice.`);
  const client = state.clients.find((one) => one.clientId === parameters.get("client_id"));
  if (client === undefined) throw new PageRefusal("This application is not registered here.");
  const redirectUri = parameters.get("redirect_uri");
  if (redirectUri === null || !client.redirectUris.includes(redirectUri))
    throw new PageRefusal("The redirect address is not registered for this application.");
  return { client, redirectUri };
}

function judgeRequest(state: State, back: Pick<AuthorizeRequest, "client" | "redirectUri">, parameters: URLSearchParams): AuthorizeRequest {
  if (parameters.get("response_type") !== "code") throw new CallbackRefusal("unsupported_response_type", "Only code is supported.");
  const challenge = judgeChallenge(state, parameters);
  const scopes = state.profile.appScopes ?? splitScopes(parameters.get(state.profile.scopeParameter) ?? "", state.profile.separator);
  if (scopes.length === 0 || !scopes.every(isScope)) throw new CallbackRefusal("invalid_scope", "Ask for scopes that exist.");
  if (back.client.scopes && !isSubset(scopes, back.client.scopes))
    throw new CallbackRefusal("invalid_scope", "This application is not registered for all of these scopes.");
  return { ...back, state: parameters.get("state"), scopes, challenge, parameters };
}

/** RFC 7636 section 4.3, S256 only: `plain` protects nothing. */
function judgeChallenge(state: State, parameters: URLSearchParams): string | null {
  if (state.profile.pkce === "ignored") return null;
  const challenge = parameters.get("code_challenge");
  if (challenge === null && state.profile.pkce === "optional") return null;
  if (parameters.get("code_challenge_method") !== "S256" || !/^[A-Za-z0-9_-]{43}$/.test(challenge ?? ""))
    throw new CallbackRefusal("invalid_request", "PKCE with S256 is required.");
  return challenge;
}

function newCode(state: State, asked: AuthorizeRequest, person: Person): string {
  const { partialConsent, widerConsent } = state.profile;
  const kept = asked.scopes.filter((name) => !partialConsent.includes(name));
  const value = newSecret("code");
  state.codes.set(value, {
    clientId: asked.client.clientId,
    redirectUri: asked.redirectUri,
    challenge: asked.challenge,
    personId: person.id,
    scopes: [...new Set([...kept, ...widerConsent])],
    expiresAtMs: nowMs(state) + CODE_SECONDS * 1000,
    familyId: newFamilyId(),
    used: false,
  });
  return value;
}

/** Adds `state` as it came and `iss`, also to errors (RFC 9207 section 2). */
function callback(state: State, asked: Pick<AuthorizeRequest, "redirectUri" | "state">, parameters: Record<string, string>): string {
  const url = new URL(asked.redirectUri);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  if (asked.state !== null) url.searchParams.set("state", asked.state);
  if (state.profile.iss === "right") url.searchParams.set("iss", state.base);
  if (state.profile.iss === "wrong") url.searchParams.set("iss", "https://somebody-else.example");
  return url.href;
}
