import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Provider } from "oidc-provider";
import { findFreePort } from "../../lib/database/port";

export interface IdpClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
}

/** A strict, independent OpenID provider (certified, by somebody else), on this machine. */
export interface Idp {
  /** Its issuer. */
  readonly url: string;
  readonly provider: Provider;
  close(): Promise<void>;
}

export const SSO = { clientId: "valet-sso", clientSecret: "sso-client-secret-that-nobody-else-has" };

/** Whom it knows, by subject. `unverified` has an address that nobody confirmed. */
export const EMPLOYEES: Readonly<Record<string, { name: string; email: string; email_verified: boolean }>> = {
  lise: { name: "Lise Meitner", email: "lise@company.test", email_verified: true },
  unverified: { name: "Not Verified", email: "grace@company.test", email_verified: false },
};

/** What the account endpoint of Demo Tracker would say, so that it can play a SaaS too. */
export const SAAS_SCOPES = ["profile:read", "issues:read", "issues:write", "files:read", "files:write"];

export async function startIdp(clients: readonly IdpClient[]): Promise<Idp> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const provider = new Provider(url, configuration(clients));
  const server = createServer((request, response) => void answer(provider, request, response));
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url, provider, close };
}

function configuration(clients: readonly IdpClient[]) {
  return {
    clients: clients.map(({ clientId, clientSecret, redirectUri }) => ({
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uris: [redirectUri],
      grant_types: ["authorization_code", "refresh_token"],
    })),
    scopes: ["openid", "offline_access", ...SAAS_SCOPES],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    conformIdTokenClaims: false,
    cookies: { keys: ["only-a-test"] },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: async () => true,
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, RefreshToken: 86_400, Interaction: 600, Session: 600, Grant: 86_400 },
    features: { devInteractions: { enabled: false }, introspection: { enabled: true }, revocation: { enabled: true } },
    interactions: { url: (_: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
    findAccount: async (_: unknown, subject: string) => ({
      accountId: subject,
      claims: async () => ({ sub: subject, ...EMPLOYEES[subject] }),
    }),
    loadExistingGrant,
  };
}

/** Whoever signs in there agrees: the button says so. */
async function loadExistingGrant(ctx: OidcContext) {
  const { client, session, params, provider } = ctx.oidc;
  const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  grant.addOIDCScope(String(params.scope));
  await grant.save();
  return grant;
}

interface OidcContext {
  readonly oidc: {
    readonly client: { readonly clientId: string };
    readonly session: { readonly accountId: string };
    readonly params: Readonly<Record<string, unknown>>;
    readonly provider: Provider;
  };
}

async function answer(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = new URL(request.url ?? "/", "http://idp.test");
  if (target.pathname === "/api/me") return account(provider, request, response);
  if (!target.pathname.startsWith("/interaction/")) return provider.callback()(request, response);
  const accountId = target.searchParams.get("as");
  if (accountId) return provider.interactionFinished(request, response, { login: { accountId } });
  const people = Object.entries(EMPLOYEES).map(([subject, { name }]) => `<li><a href="?as=${subject}">Continue as ${name}</a></li>`);
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
  response.end(
    `<!doctype html><html lang="en"><title>Company login</title><link rel="icon" href="data:,"><h1>Company login</h1><ul>${people.join("")}</ul></html>`,
  );
}

/** The one route of a SaaS's API: whose token this is. */
async function account(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const token = await provider.AccessToken.find((request.headers.authorization ?? "").replace("Bearer ", ""));
  response.writeHead(token ? 200 : 401, { "content-type": "application/json" });
  response.end(JSON.stringify(token ? { id: token.accountId, login: token.accountId } : { error: "invalid_token" }));
}
