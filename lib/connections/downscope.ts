import type { Narrowing } from "../connectors/connector";
import { permissionsFor } from "../connectors/githubPermissions";
import type { Core } from "../ctx";
import { isRefusal } from "../errors";
import type { SaasClient } from "../setups/client";
import type { LendInput } from "./lend";
import { narrowByGithub } from "./narrowByGithub";
import { earlier, type Narrowed } from "./narrowed";
import { accessInTurn, narrowedAnswer } from "./refresh";
import { expiryOf } from "./sealTokens";
import { exchangeToken } from "./tokenEndpoint";

/** Why a SaaS made no narrower token out of one that lives: the account's own still works, at the gateway. */
const CAUSES = ["provider_refused", "provider_invalid_grant", "provider_bad_answer", "provider_unreachable"] as const;
export type NotNarrowed = (typeof CAUSES)[number] | "target_unclear";

/**
 * Asks the SaaS for a token no wider than the grant, in the one way it has. Judges nothing but that it is a token. Call it
 * inside `inTurn` for the connection.
 *
 * Refuses as the account's own access does: where there is none, there is nothing to narrow.
 */
export async function askNarrow(core: Core, client: SaasClient, input: LendInput): Promise<Narrowed | NotNarrowed> {
  const { narrowing } = client.connector.tokens;
  if (input.by === "consent" || narrowing.how === "none") return byRefresh(core, client, input, false);
  if (narrowing.how === "refresh_scope") return byRefresh(core, client, input, true);
  return fromLiveToken(core, client, input, narrowing);
}

/** `scope` on refresh. Where the whole consent is the grant it is left alone: at some SaaS it would cut the connection for good. */
async function byRefresh(core: Core, client: SaasClient, input: LendInput, cut: boolean): Promise<Narrowed> {
  const protocol = client.connector.scopes.filter((scope) => scope.protocol).map((scope) => scope.name);
  const within = [...protocol, ...input.scopes];
  const answer = await narrowedAnswer(core, input.connectionId, client, cut ? within : undefined);
  return { accessToken: answer.accessToken, expiresAt: expiryOf(answer, core.clock.now()), told: answer.scopes, within };
}

type FromLive = Exclude<Narrowing, { how: "none" | "refresh_scope" }>;

async function fromLiveToken(core: Core, client: SaasClient, input: LendInput, narrowing: FromLive): Promise<Narrowed | NotNarrowed> {
  const parent = await accessInTurn(core, input.connectionId);
  try {
    const made =
      narrowing.how === "token_exchange"
        ? await byExchange(core, client, parent.accessToken, input, narrowing.scopes)
        : await byGithub(core, client, parent.accessToken, input, narrowing.permissions);
    if (made === null) return "target_unclear";
    // Without an end of its own it is not lent, even where its parent has one: nobody said that they end together.
    return made.expiresAt ? { ...made, expiresAt: earlier(made.expiresAt, parent.expiresAt) } : made;
  } catch (error) {
    const cause = isRefusal(error) ? CAUSES.find((one) => one === error.reason) : undefined;
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
