import { decodeJwt, decodeProtectedHeader, importSPKI, jwtVerify } from "jose";
import { asPermissions, pickRepositories, scopesOf, unprocessable } from "./downscope";
import { answerJson, type Exchange, readJson, Stop } from "./http";
import { type App, type Installation, nowMs, type State } from "./state";
import { type Issued, issueInstallationAccess } from "./tokens";

const JWT_SECONDS_MAX = 600;
const SECONDS = 3600;

/**
 * `POST /app/installations/{id}/access_tokens`, by the app's JWT: RS256, of at most ten minutes, from now or before. With
 * `permissions` and `repositories` the token is smaller; without, it has all that the installation has. 422 for more.
 */
export async function answerInstallationToken(state: State, exchange: Exchange): Promise<void> {
  const id = /^\/app\/installations\/(\d+)\/access_tokens$/.exec(exchange.path)?.[1];
  const app = await authenticateApp(state, exchange);
  const installation = state.installations.find((one) => String(one.id) === id && one.clientId === app.clientId);
  if (exchange.method !== "POST" || installation === undefined) throw new Stop(404, { message: "Not Found" });
  const body = await readJson(exchange);
  const permissions = readPermissions(state, installation, body.permissions);
  const repositories = pickRepositories(installation, body.repositories);
  const holder = { familyId: `ins_${installation.id}`, clientId: app.clientId, personId: `app-${app.id}` };
  const made = issueInstallationAccess(
    state,
    { ...holder, scopes: scopesOf(permissions), repositories: repositories ?? installation.repositories },
    SECONDS,
  );
  answerJson(exchange, 201, tokenBody(state, made, permissions, repositories));
}

async function authenticateApp(state: State, exchange: Exchange): Promise<App> {
  const jwt = /^Bearer (.+)$/i.exec(exchange.request.headers.authorization ?? "")?.[1] ?? "";
  try {
    const { iss, iat = 0, exp = Number.POSITIVE_INFINITY } = decodeJwt(jwt);
    const app = state.apps.find((one) => String(one.id) === iss || one.clientId === iss);
    const now = nowMs(state) / 1000;
    if (app === undefined || iat > now || exp - now > JWT_SECONDS_MAX || decodeProtectedHeader(jwt).alg !== "RS256") throw badCredentials();
    await jwtVerify(jwt, await importSPKI(app.publicKey, "RS256"), { algorithms: ["RS256"], currentDate: new Date(nowMs(state)) });
    exchange.call.credential = "client";
    exchange.call.clientId = app.clientId;
    return app;
  } catch {
    throw badCredentials();
  }
}

function readPermissions(state: State, { permissions: granted }: Installation, wish: unknown): Record<string, string> {
  if (wish === undefined || state.profile.downscopeTells === "wider") return { ...granted };
  const asked = asPermissions(wish);
  const within = ([noun, level]: [string, string]) => granted[noun] === level || granted[noun] === "write";
  if (!Object.entries(asked).every(within)) throw unprocessable("The permissions requested are not granted to this installation.");
  return { ...asked, metadata: "read" };
}

function tokenBody(state: State, made: Issued, permissions: object, repositories: readonly string[] | undefined): Record<string, unknown> {
  const tells = state.profile.downscopeTells;
  return {
    token: made.value,
    expires_at: tells === "no_end" ? null : new Date(made.token.expiresAtMs ?? 0).toISOString().replace(/\.\d+Z$/, "Z"),
    ...(tells === "nothing" ? {} : { permissions }),
    repository_selection: repositories ? "selected" : "all",
    ...(repositories ? { repositories: repositories.map((full_name) => ({ full_name })) } : {}),
  };
}

function badCredentials(): Stop {
  return new Stop(401, { message: "A JSON web token could not be decoded" });
}
