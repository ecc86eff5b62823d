import type { Connector } from "../connectors/connector";
import { tokenHeaders } from "../connectors/tokenHeaders";
import type { Core } from "../ctx";
import { Refusal } from "../errors";
import { askSaas } from "./askSaas";

/** Whose account a token opens. */
export interface Account {
  readonly id: string;
  readonly name: string;
  /** The whole answer, for what only this SaaS says. */
  readonly body: unknown;
}

const NAME_LENGTH_MAX = 200;

/** Asks the SaaS whose account this is. Refuses `upstream_failed` when it does not say: a connection without an owner is none. */
export async function readAccount(core: Core, connector: Connector, accessToken: string): Promise<Account> {
  const { status, account } = await askAccount(core, connector, accessToken);
  if (account) return account;
  throw new Refusal("upstream_failed", `${connector.name} did not say whose account this is, so nothing was connected. Try again.`, {
    reason: "account_unknown",
    detail: status ? `status ${status}` : "no answer",
  });
}

/** The same, as it was answered: `status` is null where no answer came, `account` where it says nobody's. */
export async function askAccount(
  core: Core,
  connector: Connector,
  accessToken: string,
): Promise<{ readonly status: number | null; readonly account: Account | null }> {
  const { method, url, body, read } = connector.account;
  const headers = {
    ...tokenHeaders(connector, accessToken),
    accept: "application/json",
    ...(body ? { "content-type": "application/json" } : {}),
  };
  const answer = await askSaas(core, connector, url, { method, headers, ...(body ? { body } : {}) }).catch(() => null);
  const told: unknown = answer?.ok ? await answer.json().catch(() => null) : null;
  const account = told ? read(told) : null;
  const known = account ? { id: String(account.id), name: account.name.slice(0, NAME_LENGTH_MAX), body: told } : null;
  return { status: answer?.status ?? null, account: known };
}

/** What the account's API address is read from, where neither the token nor the account says it. */
export async function readApiAddress(core: Core, connector: Connector, accessToken: string): Promise<unknown> {
  const url = connector.api.perAccount?.url;
  if (!url) return null;
  const headers = { ...tokenHeaders(connector, accessToken), accept: "application/json" };
  const answer = await askSaas(core, connector, url, { method: "GET", headers }).catch(() => null);
  return answer?.ok ? answer.json().catch(() => null) : null;
}
