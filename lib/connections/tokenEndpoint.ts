import * as oauth from "oauth4webapi";
import { parseScopes } from "../connectors/scopes";
import type { Core } from "../ctx";
import { isRefusal, Refusal } from "../errors";
import { endedBy } from "../net/boundedAnswers";
import { badCertificateInWords, isBadCertificate } from "../net/certificates";
import type { SaasClient } from "../setups/client";
import { askAnyway, askSaas } from "./askSaas";
import { causeInWords, causeOfAnswer, causeOfToken, NotAToken, type TokenCause } from "./tokenCause";
import { cleanCode, normalizeTokenAnswer, spellTokenRequest } from "./tokenDialect";

/** What a SaaS's token endpoint gave, in one shape for all of them. */
export interface TokenAnswer {
  readonly accessToken: string;
  /** Null when none came: the one we have stays good. */
  readonly refreshToken: string | null;
  /** Null when the SaaS set no end. */
  readonly expiresInSeconds: number | null;
  /** The SaaS's own words; null when it did not say. */
  readonly scopes: string[] | null;
  /** The whole answer as it was understood, for what only this SaaS says (where the account's API lives). */
  readonly body: unknown;
}

/** Redeems the code of a callback (RFC 6749 section 4.1.3, RFC 7636). Refuses `upstream_failed` with a named cause. */
export async function redeemCode(
  core: Core,
  client: SaasClient,
  code: string,
  verifier: string,
  redirectUri: string,
): Promise<TokenAnswer> {
  const { server, party } = parties(client);
  return judge(client, async () => {
    const response = await requireToken(await sendCode(core, client, code, verifier, redirectUri));
    return oauth.processAuthorizationCodeResponse(server, party, response);
  });
}

/** The request of RFC 6749 section 4.1.3, and the answer in RFC 6749 form, not judged yet. Rejects when nobody answers. */
export function sendCode(core: Core, client: SaasClient, code: string, verifier: string, redirectUri: string): Promise<Response> {
  const { server, party, authentication } = parties(client);
  const callback = oauth.validateAuthResponse(server, party, new URLSearchParams({ code }), oauth.expectNoState);
  const proof = client.connector.oauth.pkce ? verifier : oauth.nopkce;
  return oauth.authorizationCodeGrantRequest(server, party, authentication, callback, redirectUri, proof, sending(core, client, askAnyway));
}

/**
 * Spends a refresh token (RFC 6749 section 6).
 *
 * @param scopes asks for an access token with only these; left out, all that was granted.
 */
export async function spendRefreshToken(
  core: Core,
  client: SaasClient,
  refreshToken: string,
  scopes?: readonly string[],
): Promise<TokenAnswer> {
  const { server, party, authentication } = parties(client, client.connector.oauth.tokenRequest?.refreshUrl);
  const additionalParameters = new URLSearchParams(scopes ? { scope: scopes.join(client.connector.oauth.scopeSeparator) } : {});
  return judge(client, async () => {
    const options = { ...sending(core, client), additionalParameters };
    const response = await oauth.refreshTokenGrantRequest(server, party, authentication, refreshToken, options);
    return oauth.processRefreshTokenResponse(server, party, await requireToken(response));
  });
}

export const TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
export const ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token";

/**
 * Has the token endpoint make a narrower token out of a live access token (RFC 8693 section 2).
 *
 * @param scopes the SaaS's own names.
 */
export async function exchangeToken(core: Core, client: SaasClient, subject: string, scopes: readonly string[]): Promise<TokenAnswer> {
  const { server, party, authentication } = parties(client);
  const parameters = new URLSearchParams({
    subject_token: subject,
    subject_token_type: ACCESS_TOKEN_TYPE,
    requested_token_type: ACCESS_TOKEN_TYPE,
    scope: scopes.join(client.connector.oauth.scopeSeparator),
  });
  return judge(client, async () => {
    const options = sending(core, client);
    const response = await oauth.genericTokenEndpointRequest(server, party, authentication, TOKEN_EXCHANGE, parameters, options);
    return oauth.processGenericTokenEndpointResponse(server, party, await requireToken(response));
  });
}

function parties(client: SaasClient, tokenUrl = client.connector.oauth.tokenUrl) {
  const { connector, clientId, clientSecret } = client;
  const server: oauth.AuthorizationServer = {
    issuer: connector.oauth.issuer ?? new URL(connector.oauth.authorizeUrl).origin,
    authorization_endpoint: connector.oauth.authorizeUrl,
    token_endpoint: tokenUrl,
  };
  const authentication =
    connector.oauth.clientAuth === "basic" ? oauth.ClientSecretBasic(clientSecret) : oauth.ClientSecretPost(clientSecret);
  return { server, party: { client_id: clientId } satisfies oauth.Client, authentication };
}

/** A code is good once and somebody waits for it, so it is asked whatever is known of the SaaS; a refresh is not. */
function sending(core: Core, client: SaasClient, ask: typeof askAnyway = askForTokens) {
  return {
    // An http endpoint can only come from a setting (tests, the demo): connectors carry https, and their contract test says so.
    [oauth.allowInsecureRequests]: true,
    [oauth.customFetch]: async (url: string, init: oauth.CustomFetchOptions<string, URLSearchParams | undefined>) => {
      const { body, contentType } = spellTokenRequest(client, init.body ?? new URLSearchParams());
      const headers = { ...init.headers, "content-type": contentType };
      const response = await ask(core, client.connector, url, { method: init.method, headers, body });
      const why = await causeOfAnswer(response.clone());
      const answer = await normalizeTokenAnswer(client, response);
      if (why) causes.set(answer, why);
      return answer;
    },
  };
}

/** What was wrong with an answer before it was brought into one form. */
const causes = new WeakMap<Response, TokenCause>();

/** @throws NotAToken with the cause. */
async function requireToken(response: Response): Promise<Response> {
  const why = causes.get(response) ?? (await causeOfToken(response.clone()));
  if (why) throw new NotAToken(why);
  return response;
}

const askForTokens: typeof askAnyway = (core, connector, url, init) => askSaas(core, connector, url, init, undefined, "tokens");

/** A token endpoint's answer, or what went wrong by its cause: refuses `upstream_failed`. */
export async function judge(client: Pick<SaasClient, "connector">, send: () => Promise<oauth.TokenEndpointResponse>): Promise<TokenAnswer> {
  const name = client.connector.name;
  const answer = await send().catch((error: unknown): never => {
    throw asRefusal(name, error);
  });
  if (answer.token_type !== "bearer") throw unusable(name);
  return {
    accessToken: answer.access_token,
    refreshToken: typeof answer.refresh_token === "string" && answer.refresh_token !== "" ? answer.refresh_token : null,
    expiresInSeconds: answer.expires_in ?? null,
    scopes: answer.scope === undefined ? null : parseScopes(client.connector, answer.scope),
    body: answer,
  };
}

function asRefusal(name: string, error: unknown): Refusal {
  if (isRefusal(error)) return error;
  if (error instanceof oauth.ResponseBodyError) {
    const code = cleanCode(error.error);
    const reason =
      code === "invalid_grant" || code === "bad_refresh_token" || code === "token_revoked" ? "provider_invalid_grant" : "provider_refused";
    return new Refusal("upstream_failed", `${name} refused with "${code}".`, { reason, detail: `status ${error.status}` });
  }
  const { reason, message } = failure(name, error);
  return new Refusal("upstream_failed", message, {
    reason,
    detail:
      endedBy(error) ??
      (error instanceof NotAToken ? error.why : error instanceof Error ? `${error.name}: ${causeName(error)}` : "unknown"),
  });
}

function unusable(name: string): Refusal {
  return new Refusal("upstream_failed", `${name} gave a token of a kind that Valet cannot use. Tell an admin.`, {
    reason: "provider_token_type",
  });
}

/** What went wrong, in the words of whoever has to do something about it. */
function failure(name: string, error: unknown): { reason: string; message: string } {
  const cause = error instanceof Error ? causeName(error) : "";
  if (error instanceof NotAToken) return { reason: "provider_bad_answer", message: causeInWords(name, error.why) };
  const ended = endedBy(error);
  if (ended) return { reason: "provider_bad_answer", message: causeInWords(name, ended) };
  if (
    error instanceof oauth.OperationProcessingError ||
    error instanceof oauth.UnsupportedOperationError ||
    error instanceof oauth.WWWAuthenticateChallengeError
  )
    return {
      reason: "provider_bad_answer",
      message: `${name} gave an answer that is not a token. Try again; if it stays so, tell an admin.`,
    };
  if (cause === "ForbiddenDestination")
    return { reason: "destination_forbidden", message: `${name}'s address is not one that Valet talks to. Tell an admin.` };
  if (isBadCertificate(cause)) return { reason: "provider_certificate", message: badCertificateInWords(name, cause) };
  if (error instanceof Error && error.name === "TimeoutError")
    return { reason: "provider_timed_out", message: `${name} did not answer in time. Try again in a minute.` };
  // What undici says of a body that ends before its end.
  if (error instanceof TypeError && error.message === "terminated")
    return { reason: "provider_unreachable", message: `${name} broke off in the middle of its answer. Try again in a minute.` };
  return { reason: "provider_unreachable", message: `${name} could not be reached. Try again in a minute.` };
}

function causeName(error: Error): string {
  const cause = error.cause as { code?: string; name?: string } | undefined;
  return cause?.code ?? cause?.name ?? (error as { code?: string }).code ?? "no cause";
}
