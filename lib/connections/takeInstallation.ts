import { asRecord } from "../connectors/account";
import { scopesWithin } from "../connectors/githubPermissions";
import { tokenHeaders } from "../connectors/tokenHeaders";
import type { PersonCtx } from "../ctx";
import { Refusal } from "../errors";
import type { SaasClient } from "../setups/client";
import { type Account, readAccount } from "./account";
import { askSaas } from "./askSaas";
import type { TakenAttempt } from "./attempt";
import { endAtProvider } from "./endAtProvider";
import { mintWhole, permissionsOf } from "./mintInstallation";
import { type Installation, listInstallations } from "./narrowByGithub";
import type { TokenAnswer } from "./tokenEndpoint";

export interface Taken {
  readonly account: Account;
  /** A first token of the installation, in place of the person's. */
  readonly answer: TokenAnswer;
}

/**
 * From a person's walk to an installation that is theirs to lend. GitHub shows people every installation of which they may read
 * one repository, and a token of it acts on all of them: so being shown is not enough. It must be on the person's own account, or
 * on an organization that they own. The person's token is ended, whatever comes of it.
 *
 * Refuses `forbidden` (`not_an_owner`), `conflict` (`other_account`) on a reconnect to another, `upstream_failed`.
 */
export async function takeInstallation(ctx: PersonCtx, client: SaasClient, attempt: TakenAttempt, person: TokenAnswer): Promise<Taken> {
  try {
    const own = await ownInstallations(ctx, client, person.accessToken);
    const chosen = await choose(ctx, client, attempt, own);
    const granted = scopesWithin(permissionsOf(client), chosen.permissions);
    const scopes = attempt.scopes.filter((name) => granted.includes(name));
    const answer = await mintWhole(ctx, client, chosen.id, scopes);
    return { account: { id: chosen.id, name: chosen.login, body: null }, answer };
  } finally {
    await endPersonToken(ctx, client, person.accessToken);
  }
}

async function ownInstallations(ctx: PersonCtx, client: SaasClient, accessToken: string): Promise<Installation[]> {
  const person = await readAccount(ctx, client.connector, accessToken);
  const shown = await listInstallations(ctx, client, accessToken);
  const owned: Installation[] = [];
  for (const one of shown) {
    const theirs = one.ofOrganization ? await isOwner(ctx, client, accessToken, one.login) : one.accountId === person.id;
    if (theirs) owned.push(one);
  }
  if (owned.length > 0) return owned.sort((left, right) => left.login.localeCompare(right.login, "en"));
  const message = `${client.connector.name} is for owners: GitHub shows no account with this app that is yours or that you own. Install the app there first, or ask an owner to connect it.`;
  throw new Refusal("forbidden", message, { reason: "not_an_owner" });
}

/** GET /user/memberships/orgs/{org}: a member is not enough, and an answer that does not say is a no. */
async function isOwner(ctx: PersonCtx, client: SaasClient, accessToken: string, organization: string): Promise<boolean> {
  const { connector } = client;
  const url = `${connector.api.baseUrl}/user/memberships/orgs/${encodeURIComponent(organization)}`;
  const headers = { ...tokenHeaders(connector, accessToken), accept: "application/vnd.github+json" };
  const answer = await askSaas(ctx, connector, url, { method: "GET", headers }).catch(() => null);
  const membership = answer?.ok ? asRecord(await answer.json().catch(() => null)) : null;
  return membership?.state === "active" && membership.role === "admin";
}

/** On a reconnect the same again; else the first that this person has not connected, so that another walk brings the next. */
async function choose(ctx: PersonCtx, client: SaasClient, attempt: TakenAttempt, own: readonly Installation[]): Promise<Installation> {
  const whose = { personId: ctx.actor.personId, connector: client.connector.id };
  const present = await ctx.db.connection.findMany({ where: { ...whose, status: { not: "disconnected" } } });
  if (!attempt.connectionId) {
    const fresh = own.find((one) => !present.some((connection) => connection.accountId === one.id));
    return fresh ?? (own[0] as Installation);
  }
  const before = await ctx.db.connection.findFirst({ where: { ...whose, id: attempt.connectionId } });
  const same = own.find((one) => one.id === before?.accountId);
  if (same) return same;
  throw new Refusal("conflict", `${before?.accountName ?? "That account"} is not among the accounts that you own there with this app.`, {
    reason: "other_account",
  });
}

/** It has done what it was for. It is kept nowhere, so where GitHub does not answer it ends by itself. */
async function endPersonToken(ctx: PersonCtx, client: SaasClient, accessToken: string): Promise<void> {
  const { connector } = client;
  const url = `${connector.api.baseUrl}/applications/{client_id}/token`;
  const asPerson = { ...connector, revocation: { ...connector.revocation, how: "github" as const, url } };
  await endAtProvider(ctx, { ...client, connector: asPerson }, accessToken);
}
