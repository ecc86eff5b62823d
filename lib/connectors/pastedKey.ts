import type { Connector } from "./connector";

/** Stands in what a pasted key may reach for all that nobody knows of. No connector has a scope by this name. */
const WHATEVER_ELSE = "whatever-else-the-key-can";

/** Whether this SaaS's API works with nothing but a token that somebody pasted, by what the connector says of it. */
export function takesPastedKey({ tokens, api }: Connector): boolean {
  // Where Valet's own key makes the tokens there is none to paste; where only the token answer tells the API's address, none is known.
  return tokens.refresh !== "minted" && !(api.perAccount?.from === "token" && !api.perAccount.url);
}

/** The same SaaS for a key that was pasted: it was not made for Valet, so Valet has nothing cut from it, renews nothing and ends nothing. */
export function withPastedKey(connector: Connector): Connector {
  const { tokens, revocation } = connector;
  return {
    ...connector,
    tokens: { ...tokens, refresh: "none", narrowing: { how: "none" } },
    revocation: { ...revocation, how: "none", url: null, reach: "none" },
  };
}

/** What the account's token may reach: as the SaaS granted it; of a pasted key nobody knows, so everything. */
export function reachOf(
  connector: Connector,
  account: { readonly providerScopes: readonly string[]; readonly keyEndsAt: Date | null },
): readonly string[] {
  return account.keyEndsAt ? [...connector.scopes.map(({ name }) => name), WHATEVER_ELSE] : account.providerScopes;
}
