import type { Use } from "../activity/use";
import type { Core } from "../ctx";
import { apiBase } from "../grants/apiBase";
import type { AccessClaims } from "../tokens/signer";
import type { Authority } from "./authority";
import type { Caller } from "./caller";

const GATEWAY_SECONDS_MAX = 15 * 60;

export interface GatewayAccess {
  readonly accessToken: string;
  readonly expiresAt: Date;
  /** Its audience: where it works, and nowhere else. */
  readonly apiBase: string;
}

/**
 * A token of our own (RFC 9068) that opens nothing but the gateway of this connector, for at most fifteen minutes and never past
 * the grant. Its `jti` is the use it is issued in.
 *
 * @param more claims that this way of asking adds.
 */
export async function gatewayAccess(
  core: Core,
  use: Use,
  caller: Caller,
  authority: Authority,
  scopes: readonly string[],
  runId: string | undefined,
  more: Partial<Pick<AccessClaims, "act" | "cnf" | "may_act" | "delegation_id" | "authorization_details">> = {},
): Promise<GatewayAccess> {
  const now = use.row.at;
  const latest = now.getTime() + GATEWAY_SECONDS_MAX * 1000;
  const expiresAt = new Date(Math.min(latest, authority.expiresAt?.getTime() ?? latest));
  const audience = apiBase(core, authority.connector, "gateway");
  // On its own authority the agent is the subject, and acts for nobody.
  const own = caller.kind === "agent" && authority.pattern === "own";
  const claims = {
    sub: own ? caller.agentId : authority.personId,
    aud: audience,
    client_id: caller.kind === "agent" ? caller.agentId : caller.personId,
    jti: use.row.id,
    scope: scopes.join(" "),
    connection_id: authority.connectionId,
    ...(caller.kind === "agent" && !own ? { act: { sub: caller.agentId } } : {}),
    ...(authority.grantId ? { grant_id: authority.grantId } : {}),
    ...(runId ? { run_id: runId } : {}),
    ...more,
  };
  return { accessToken: await core.signer.sign(claims, now, expiresAt), expiresAt, apiBase: audience };
}
