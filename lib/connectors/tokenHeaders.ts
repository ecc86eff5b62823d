import type { Connector } from "./connector";

/** How this SaaS takes an access token: as a bearer (RFC 6750 section 2.1), or bare in a header of its own. */
export function tokenHeaders({ api }: Connector, accessToken: string): Record<string, string> {
  return api.tokenHeader ? { [api.tokenHeader]: accessToken } : { authorization: `Bearer ${accessToken}` };
}
