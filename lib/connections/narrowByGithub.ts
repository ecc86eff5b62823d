import { asRecord, asText } from "../connectors/account";
import { tokenHeaders } from "../connectors/tokenHeaders";
import type { Core } from "../ctx";
import { Refusal } from "../errors";
import type { SaasClient } from "../setups/client";
import { askSaas } from "./askSaas";
import { badAnswer, type GithubWish, type Narrowed, readGithubToken, readPermissions } from "./narrowed";

const JSON_TYPE = "application/vnd.github+json";

/**
 * Has GitHub make a narrower token out of the person's own: POST /applications/{client_id}/token/scoped, with the client by
 * Basic. Such a token is for one account's installation, so that account must be clear. Null when it is not: several
 * installations and no repository to tell which, or repositories of several owners.
 *
 * @throws Refusal `upstream_failed`: GitHub refused (404 for a dead token, 422 for a wider wish), was away, or answered no token.
 */
export async function narrowByGithub(core: Core, client: SaasClient, accessToken: string, wish: GithubWish): Promise<Narrowed | null> {
  const target = await targetOf(core, client, accessToken, wish.repositories);
  if (target === null) return null;
  const names = wish.repositories?.map((one) => one.split("/")[1]);
  const body = { access_token: accessToken, target, permissions: wish.permissions, ...(names ? { repositories: names } : {}) };
  const basic = Buffer.from(`${encodeURIComponent(client.clientId)}:${encodeURIComponent(client.clientSecret)}`).toString("base64");
  const path = `/applications/${encodeURIComponent(client.clientId)}/token/scoped`;
  return readGithubToken(client.connector.name, await askGithub(core, client, path, `Basic ${basic}`, body), wish);
}

/**
 * One request to GitHub's own API for a token, and its body as JSON.
 *
 * @param gone statuses by which GitHub says that there is nothing to make a token of any more.
 * @throws Refusal `upstream_failed`: `provider_refused`, `provider_invalid_grant`, `provider_unreachable` or `provider_bad_answer`.
 */
export async function askGithub(
  core: Core,
  client: SaasClient,
  path: string,
  authorization: string,
  body: object,
  gone: readonly number[] = [],
): Promise<unknown> {
  const { name, api } = client.connector;
  const headers = { authorization, accept: JSON_TYPE, "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  const answer = await askSaas(core, client.connector, `${api.baseUrl}${path}`, init).catch(() => null);
  if (!answer || answer.status >= 500) throw unreachable(name, answer?.status);
  if (answer.status >= 400) throw refused(name, answer.status, gone.includes(answer.status));
  const told: unknown = answer.ok ? await answer.json().catch(() => null) : null;
  if (told === null) throw badAnswer(name, `status ${answer.status}`);
  return told;
}

async function targetOf(
  core: Core,
  client: SaasClient,
  accessToken: string,
  repositories: readonly string[] | null,
): Promise<string | null> {
  const owners = repositories
    ? repositories.map((one) => one.split("/")[0] ?? "")
    : (await listInstallations(core, client, accessToken)).map((one) => one.login);
  const [only, ...others] = new Set(owners.map((owner) => owner.toLowerCase()));
  return only && others.length === 0 ? (owners[0] ?? null) : null;
}

/** An app as it is installed on one account. */
export interface Installation {
  readonly id: string;
  readonly login: string;
  /** Of the account it is installed on. */
  readonly accountId: string;
  readonly ofOrganization: boolean;
  /** What it may do there, as `issues:read`. */
  readonly permissions: readonly string[];
}

const INSTALLATIONS_MAX = 100;

/**
 * What GitHub shows this person of the app's installations. Shown is also one of which they may only read a single repository.
 *
 * @throws Refusal `upstream_failed` when GitHub does not say.
 */
export async function listInstallations(core: Core, client: SaasClient, accessToken: string): Promise<Installation[]> {
  const { connector } = client;
  const headers = { ...tokenHeaders(connector, accessToken), accept: JSON_TYPE };
  const url = `${connector.api.baseUrl}/user/installations?per_page=${INSTALLATIONS_MAX}`;
  const answer = await askSaas(core, connector, url, { method: "GET", headers }).catch(() => null);
  const body = answer?.ok ? asRecord(await answer.json().catch(() => null)) : null;
  if (!Array.isArray(body?.installations)) throw unreachable(connector.name, answer?.status);
  return body.installations.flatMap((one) => readInstallation(one) ?? []);
}

function readInstallation(value: unknown): Installation | null {
  const [installation, account] = [asRecord(value), asRecord(asRecord(value)?.account)];
  const [id, login, accountId] = [asText(installation?.id), asText(account?.login), asText(account?.id)];
  return id && login && accountId
    ? { id, login, accountId, ofOrganization: account?.type === "Organization", permissions: readPermissions(installation) ?? [] }
    : null;
}

function refused(name: string, status: number, gone: boolean): Refusal {
  const reason = gone ? "provider_invalid_grant" : "provider_refused";
  return new Refusal("upstream_failed", `${name} refused to make this token (${status}).`, { reason });
}

function unreachable(name: string, status: number | undefined): Refusal {
  return new Refusal("upstream_failed", `${name} could not be reached. Try again in a minute.`, {
    reason: "provider_unreachable",
    detail: status ? `status ${status}` : "no answer",
  });
}
