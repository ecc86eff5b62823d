import * as oauth from "oauth4webapi";
import { consentAs } from "./consent";
import type { Profile } from "./profile";
import { type Saas, startSaas } from "./saas";
import { DEMO_PEOPLE } from "./seed";

/** With characters that have to be form-encoded in Basic (RFC 6749 section 2.3.1). */
export const CLIENT_SECRET = "s3cret+with%odd: characters";
export const REDIRECT_URI = "http://127.0.0.1:3000/connect/demo/callback";
export const CLIENT: oauth.Client = { client_id: "valet" };
export const OTHER_SECRET = "another-secret";
export const INSECURE = { [oauth.allowInsecureRequests]: true };
const BASIC = oauth.ClientSecretBasic(CLIENT_SECRET);

/** The app of the first client, on an organization that Ada is in. */
const ACME_INSTALLATION = {
  id: 71,
  clientId: "valet",
  account: { id: 501, login: "acme", type: "Organization" as const },
  permissions: { issues: "write" as const },
  repositories: ["acme/site", "acme/shop"],
  seenBy: ["ada"],
  owners: [],
};

export function startTestSaas(profile: Partial<Profile> = {}): Promise<Saas> {
  return startSaas({
    clock: () => new Date("2026-11-22T10:00:00Z"),
    clients: [
      { clientId: "valet", clientSecret: CLIENT_SECRET, redirectUris: [REDIRECT_URI, `${REDIRECT_URI}/2`] },
      { clientId: "other", clientSecret: OTHER_SECRET, redirectUris: ["http://127.0.0.1:3001/callback"] },
    ],
    people: DEMO_PEOPLE,
    installations: [ACME_INSTALLATION],
    profile,
  });
}

/** What the independent client believes about the server, from its metadata. */
export async function discover(saas: Saas): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(saas.url);
  const response = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...INSECURE });
  return oauth.processDiscoveryResponse(issuer, response);
}

export const VERIFIER = "a-verifier-that-is-long-enough-for-rfc-7636-0123456789";

/** The address to send a person to. A null takes a parameter out. */
export async function authorizeUrl(saas: Saas, changes: Record<string, string | null> = {}): Promise<URL> {
  const url = new URL(`${saas.url}/oauth/authorize`);
  const parameters = {
    response_type: "code",
    client_id: "valet",
    redirect_uri: REDIRECT_URI,
    scope: "issues:read issues:write",
    state: "state-1",
    code_challenge: await oauth.calculatePKCECodeChallenge(VERIFIER),
    code_challenge_method: "S256",
    ...changes,
  };
  for (const [name, value] of Object.entries(parameters)) if (value !== null) url.searchParams.set(name, value);
  return url;
}

/** The whole code flow by the independent client. */
export async function connect(saas: Saas, changes: Record<string, string | null> = {}): Promise<oauth.TokenEndpointResponse> {
  const as = await discover(saas);
  const callback = await consentAs(await authorizeUrl(saas, changes), "ada");
  const parameters = oauth.validateAuthResponse(as, CLIENT, callback, "state-1");
  const response = await oauth.authorizationCodeGrantRequest(as, CLIENT, BASIC, parameters, REDIRECT_URI, VERIFIER, INSECURE);
  return oauth.processAuthorizationCodeResponse(as, CLIENT, response);
}

/** A refresh by the independent client. */
export async function refresh(saas: Saas, token: string | undefined, scope?: string): Promise<oauth.TokenEndpointResponse> {
  const as = await discover(saas);
  const options = { ...INSECURE, additionalParameters: new URLSearchParams(scope === undefined ? {} : { scope }) };
  const response = await oauth.refreshTokenGrantRequest(as, CLIENT, BASIC, token ?? "", options);
  return oauth.processRefreshTokenResponse(as, CLIENT, response);
}

/** A form to an OAuth endpoint, exactly as given. */
export async function post(saas: Saas, path: string, form: Record<string, string>, headers: Record<string, string> = {}) {
  const response = await fetch(`${saas.url}${path}`, { method: "POST", body: new URLSearchParams(form), headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The token endpoint with client_secret_post, so that a test can get every parameter wrong. */
export async function postToken(saas: Saas, form: Record<string, string>) {
  const client: Record<string, string> = { client_id: "valet", client_secret: CLIENT_SECRET };
  const answer = await post(saas, "/oauth/token", form.client_id ? form : { ...client, ...form });
  return { status: answer.status, body: JSON.parse(answer.text) as Record<string, unknown> };
}

/** A fresh code, ready to be redeemed wrongly. */
export async function freshCode(saas: Saas, changes: Record<string, string | null> = {}): Promise<Record<string, string>> {
  const callback = await consentAs(await authorizeUrl(saas, changes), "ada");
  const code = callback.searchParams.get("code") ?? "";
  return { grant_type: "authorization_code", code, redirect_uri: REDIRECT_URI, code_verifier: VERIFIER };
}

/** An API call with a bearer token. */
export function call(saas: Saas, token: string, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string> | undefined) };
  return fetch(`${saas.url}${path}`, { redirect: "manual", ...init, headers });
}
