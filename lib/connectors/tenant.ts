import { Refusal } from "../errors";
import type { Connector } from "./connector";

const PLACEHOLDER = "{tenant}";

/** The connector with the customer's own value in its addresses. Unchanged where it asks for none. */
export function withTenant(connector: Connector, tenant: string | null): Connector {
  if (!connector.tenant || tenant === null) return connector;
  const value = readTenant(connector, tenant);
  const put = <T extends string | null | undefined>(url: T): T => (typeof url === "string" ? url.replaceAll(PLACEHOLDER, value) : url) as T;
  const { oauth, revocation, account, api } = connector;
  return {
    ...connector,
    oauth: {
      ...oauth,
      authorizeUrl: put(oauth.authorizeUrl),
      tokenUrl: put(oauth.tokenUrl),
      issuer: put(oauth.issuer),
      ...(oauth.tokenRequest?.refreshUrl
        ? { tokenRequest: { ...oauth.tokenRequest, refreshUrl: put(oauth.tokenRequest.refreshUrl) } }
        : {}),
    },
    revocation: { ...revocation, url: put(revocation.url) },
    account: { ...account, url: put(account.url) },
    api: {
      ...api,
      baseUrl: put(api.baseUrl),
      ...(api.perAccount?.url ? { perAccount: { ...api.perAccount, url: put(api.perAccount.url) } } : {}),
      ...(api.hosts ? { hosts: api.hosts.map(({ prefix, origin }) => ({ prefix, origin: put(origin) })) } : {}),
    },
  };
}

/**
 * A tenant value that the connector's pattern lets through: it decides which host receives tokens, so nothing else passes.
 *
 * @throws Refusal `invalid_request` with an example.
 */
export function readTenant(connector: Connector, text: string): string {
  const value = text.trim();
  if (connector.tenant && value.length <= 253 && connector.tenant.pattern.test(value)) return value;
  throw new Refusal(
    "invalid_request",
    `${connector.tenant?.label ?? "The tenant"} does not look right. An example: ${connector.tenant?.example ?? "none"}.`,
    {
      reason: "tenant_malformed",
      fields: { tenant: `For example ${connector.tenant?.example ?? ""}` },
    },
  );
}

/**
 * Where this account's API lives, when that is not the connector's own address: told by the SaaS on connecting, believed
 * only within the connector's pattern; or the tenant's address. Null when it is the connector's own.
 *
 * @throws Refusal `upstream_failed` when the SaaS names no address, or one that is not its own.
 */
export function accountApiBase(
  connector: Connector,
  told: { readonly token: unknown; readonly account: unknown; readonly asked: unknown },
): string | null {
  const { perAccount, baseUrl } = connector.api;
  if (!perAccount) return connector.tenant ? baseUrl : null;
  const address = perAccount.read(perAccount.url ? told.asked : told[perAccount.from])?.replace(/\/$/, "");
  if (address !== undefined && perAccount.allowed.test(address)) return address;
  throw new Refusal("upstream_failed", `${connector.name} did not say where this account's API is, so nothing was connected. Try again.`, {
    reason: "api_address_unknown",
  });
}
