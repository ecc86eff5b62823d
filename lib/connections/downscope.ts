import type { Narrowing } from "../connectors/connector";
import { permissionsFor } from "../connectors/githubPermissions";
import type { Core } from "../ctx";
import { isRefusal } from "../errors";
import type { SaasClient } from "../setups/client";
import { askBoundary, NONE_MADE, type NotBounded } from "./askBoundary";
import type { LendInput } from "./lend";
import { mintInstallation } from "./mintInstallation";
import { narrowByGithub } from "./narrowByGithub";
import { earlier, type Narrowed } from "./narrowed";
import { accessInTurn, narrowedAnswer, usableConnection } from "./refresh";
import { expiryOf } from "./sealTokens";
import { exchangeToken } from "./tokenEndpoint";

/** Why a SaaS made no narrower token out of one that lives: the account's own still works, at the gateway. */
export type NotNarrowed = NotBounded | "target_unclear";

/**
 * Asks the SaaS for a token no wider than the grant, in the one way it has. Judges nothing but that it is a token. Call it
 * inside `inTurn` for the connection.
 *
 * Refuses as the account's own access does: where there is none, there is nothing to narrow.
 */
export async function askNarrow(core: Core, client: SaasClient, input: LendInput): Promise<Narrowed | NotNarrowed> {
  if (input.boundary) return askBoundary(core, client, input.connectionId, input.boundary);
  const { narrowing } = client.connector.tokens;
  if (input.by === "consent" || narrowing.how === "none") return byRefresh(core, client, input, false);
  if (narrowing.how === "refresh_scope") return byRefresh(core, client, input, true);
  if (narrowing.how === "github_installation") return byInstallation(core, client, input, narrowing.permissions);
  return fromLiveToken(core, client, input, narrowing);
}

/** `scope` on refresh. Where the whole consent is the grant it is left alone: at some SaaS it would cut the connection for good. */
async function byRefresh(core: Core, client: SaasClient, input: LendInput, cut: boolean): Promise<Narrowed> {
  const protocol = client.connector.scopes.filter((scope) => scope.protocol).map((scope) => scope.name);
  const within = [...protocol, ...input.scopes];
  const answer = await narrowedAnswer(core, input.connectionId, client, cut ? within : undefined);
  return { accessToken: answer.accessToken, expiresAt: expiryOf(answer, core.clock.now()), told: answer.scopes, within };
}

/** By the app's own key, without any token before it. Repositories of another account are not this installation's. */
async function byInstallation(
  core: Core,
  client: SaasClient,
  input: LendInput,
  map: ByGithub["permissions"],
): Promise<Narrowed | NotNarrowed> {
  const { accountId } = await usableConnection(core, input.connectionId);
  const owner = `${input.accountName.toLowerCase()}/`;
  if (input.repositories?.some((one) => !one.toLowerCase().startsWith(owner))) return "target_unclear";
  const permissions = permissionsFor(map, input.scopes);
  if (!permissions) return "target_unclear";
  return named(() => mintInstallation(core, client, accountId, { permissions, repositories: input.repositories }));
}

type FromLive = Extract<Narrowing, { how: "token_exchange" | "github_scoped" }>;

async function fromLiveToken(core: Core, client: SaasClient, input: LendInput, narrowing: FromLive): Promise<Narrowed | NotNarrowed> {
  const parent = await accessInTurn(core, input.connectionId);
  const made = await named(() =>
    narrowing.how === "token_exchange"
      ? byExchange(core, client, parent.accessToken, input, narrowing.scopes)
      : byGithub(core, client, parent.accessToken, input, narrowing.permissions),
  );
  if (typeof made === "string") return made;
  // Without an end of its own it is not lent, even where its parent has one: nobody said that they end together.
  return made.expiresAt ? { ...made, expiresAt: earlier(made.expiresAt, parent.expiresAt) } : made;
}

/** A SaaS that made nothing, by the name of the cause. */
async function named(make: () => Promise<Narrowed | null>): Promise<Narrowed | NotNarrowed> {
  try {
    return (await make()) ?? "target_unclear";
  } catch (error) {
    const cause = isRefusal(error) ? NONE_MADE.find((one) => one === error.reason) : undefined;
    if (!cause) throw error;
    return cause;
  }
}

type ByExchange = Extract<Narrowing, { how: "token_exchange" }>;
type ByGithub = Extract<Narrowing, { how: "github_scoped" }>;

async function byExchange(core: Core, client: SaasClient, parent: string, input: LendInput, scopes: ByExchange["scopes"]) {
  const within = [...new Set(input.scopes.flatMap((name) => scopes[name] ?? []))];
  const answer = await exchangeToken(core, client, parent, within);
  return { accessToken: answer.accessToken, expiresAt: expiryOf(answer, core.clock.now()), told: answer.scopes, within };
}

async function byGithub(core: Core, client: SaasClient, parent: string, input: LendInput, map: ByGithub["permissions"]) {
  const permissions = permissionsFor(map, input.scopes);
  return permissions && narrowByGithub(core, client, parent, { permissions, repositories: input.repositories });
}
