import type { AppPermissions } from "../connectors/connector";
import { permissionsFor, scopesWithin } from "../connectors/githubPermissions";
import type { Core } from "../ctx";
import { Refusal } from "../errors";
import { loadAppKey } from "../setups/appKey";
import type { SaasClient } from "../setups/client";
import { signAppJwt } from "../tokens/appJwt";
import { askGithub } from "./narrowByGithub";
import { badAnswer, type GithubWish, type Narrowed, readGithubToken } from "./narrowed";
import type { TokenAnswer } from "./tokenEndpoint";

/**
 * Has GitHub make a token of an installation, by the app's own key: POST /app/installations/{id}/access_tokens. It lives for an
 * hour and has only these permissions, in only these repositories.
 *
 * @throws Refusal `upstream_failed`: `provider_invalid_grant` when the installation is gone or no longer has so much (404, 422).
 */
export async function mintInstallation(core: Core, client: SaasClient, installationId: string, wish: GithubWish): Promise<Narrowed> {
  const { appId, privateKey } = await loadAppKey(core, client.connector.id);
  const jwt = await signAppJwt(appId, privateKey, core.clock.now());
  const names = wish.repositories?.map((one) => one.split("/")[1]);
  const body = { permissions: wish.permissions, ...(names ? { repositories: names } : {}) };
  const path = `/app/installations/${encodeURIComponent(installationId)}/access_tokens`;
  return readGithubToken(client.connector.name, await askGithub(core, client, path, `Bearer ${jwt}`, body, [404, 422]), wish);
}

/**
 * The installation's own access, as wide as its person connected it and no wider than it still is: what the account's access is
 * elsewhere. In the shape of a token answer, with the scopes that GitHub says it has; what goes beyond the wish keeps its own name.
 */
export async function mintWhole(core: Core, client: SaasClient, installationId: string, scopes: readonly string[]): Promise<TokenAnswer> {
  const map = permissionsOf(client);
  const permissions = permissionsFor(
    map,
    scopes.filter((name) => Object.hasOwn(map, name)),
  );
  if (!permissions) throw nothingHeld(client);
  const { accessToken, expiresAt, told, within } = await mintInstallation(core, client, installationId, {
    permissions,
    repositories: null,
  });
  if (!expiresAt || !told) throw badAnswer(client.connector.name, "without an end or permissions");
  const expiresInSeconds = Math.floor((expiresAt.getTime() - core.clock.now().getTime()) / 1000);
  const beyond = told.filter((word) => !within.includes(word));
  const held = [...new Set([...scopesWithin(map, told), ...beyond])];
  return { accessToken, refreshToken: null, expiresInSeconds, scopes: held, body: null };
}

export function permissionsOf({ connector }: SaasClient): Readonly<Record<string, AppPermissions>> {
  const { narrowing } = connector.tokens;
  return narrowing.how === "github_installation" ? narrowing.permissions : {};
}

function nothingHeld({ connector }: SaasClient): Refusal {
  return new Refusal("upstream_failed", `${connector.name} holds no permission that Valet knows.`, { reason: "provider_invalid_grant" });
}
