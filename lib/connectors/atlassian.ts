import { asRecord, asText, readFlatAccount } from "./account";
import type { AccountApi, Connector, ConnectorScope } from "./connector";

type Product = "jira" | "confluence";

/** What the products of Atlassian have in common: one authorization server, one account, and an API by site. */
export const atlassian: Pick<Connector, "oauth" | "tokens" | "revocation" | "account"> = {
  oauth: {
    authorizeUrl: "https://auth.atlassian.com/authorize",
    tokenUrl: "https://auth.atlassian.com/oauth/token",
    issuer: null,
    issuerInCallback: "when_present",
    clientAuth: "post",
    pkce: true,
    scopeParameter: "scope",
    scopeSeparator: " ",
    authorizeParameters: { audience: "api.atlassian.com", prompt: "consent" },
  },
  tokens: { accessSeconds: 3600, refresh: "rotating", narrowing: { how: "none" }, refreshKillsAccess: false, refreshIdleDays: 90 },
  revocation: {
    how: "rfc7009",
    url: "https://auth.atlassian.com/oauth/revoke",
    reach: "connection",
    note: "How much Atlassian ends along with a token is not documented, so it is taken to be the whole connection.",
  },
  account: {
    method: "GET",
    url: "https://api.atlassian.com/me",
    read: (body) => readFlatAccount(body, "account_id", ["email", "name"]),
  },
};

/** Asked for on every connecting: to get a refresh token, and to know whose account it is. */
export const atlassianProtocol: readonly ConnectorScope[] = [
  { name: "offline_access", label: "Keep access while you are away", access: "read", protocol: true, opens: [] },
  { name: "read:me", label: "Read your Atlassian profile", access: "read", protocol: true, opens: [] },
];

/**
 * One site's API. The list of sites is an answer of its own. A consent may cover several sites, and which of them a person
 * meant nobody says: then there is no address, and nothing is connected.
 */
export function siteApi(product: Product): Connector["api"] {
  const base = `https://api.atlassian.com/ex/${product}`;
  const perAccount: AccountApi = {
    from: "account",
    url: "https://api.atlassian.com/oauth/token/accessible-resources",
    read: (body) => {
      const [site, ...others] = sitesOf(body, product);
      return site && others.length === 0 ? `${base}/${site}` : null;
    },
    allowed: new RegExp(`^https://api\\.atlassian\\.com/ex/${product}/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$`),
  };
  return { baseUrl: base, perAccount, bodyLinks: ["/nextPage"] };
}

/** The ids of the sites whose scopes are about this product, each once. */
function sitesOf(body: unknown, product: Product): string[] {
  const entries = Array.isArray(body) ? body.map(asRecord) : [];
  const ours = entries.filter((entry) => Array.isArray(entry?.scopes) && entry.scopes.some((scope) => String(scope).includes(product)));
  return [...new Set(ours.map((entry) => asText(entry?.id)).filter((id) => id !== null))];
}
