import type { Use } from "../activity/use";
import { withContained } from "../connectors/scopes";
import type { Core } from "../ctx";
import { preparedRecord } from "../db";
import { Refusal } from "../errors";
import { apiBase } from "../grants/apiBase";
import { authenticatePerson } from "../people/personalTokens";
import { localConnector } from "../setups/client";
import { secretKind } from "../tokens/secret";
import type { AccessClaims } from "../tokens/signer";
import { type Authority, grantAuthority, noteCaller, ownAuthority } from "./authority";
import type { Caller } from "./caller";
import { isTokenEnded, tokenEnded } from "./endedToken";
import { narrowToGrant } from "./exchange";

/** What of a call tells who makes it. */
export interface GatewayCall {
  readonly connector: string;
  readonly headers: Headers;
  readonly bearer: string | null;
}

/** Somebody who is in: their authority, and the part of it that their token carries. */
export interface Entry {
  readonly authority: Authority;
  readonly scopes: readonly string[];
}

/** Who calls, and on what authority: an agent or a person by a Valet token, or a person by their own API token. */
export async function enterGateway(core: Core, use: Use, request: GatewayCall): Promise<Entry> {
  const connector = localConnector(core, request.connector);
  use.row.connector = connector.id;
  if (!request.bearer)
    throw new Refusal("invalid_token", "Send the access token of a grant: Authorization: Bearer ...", { reason: "token_missing" });
  if (secretKind(request.bearer) === "pat") {
    const person = await authenticatePerson(core, request.bearer);
    noteCaller(use, person);
    const authority = await ownAuthority(core, use, person, connector.id, request.headers.get("valet-connection"));
    return { authority, scopes: authority.scopes };
  }
  const claims = await core.signer.verify(request.bearer, apiBase(core, connector, "gateway"), use.row.at);
  return enterByToken(core, use, claims, connector.id);
}

async function enterByToken(core: Core, use: Use, claims: AccessClaims, connectorId: string): Promise<Entry> {
  const caller = await callerOf(core, claims);
  noteCaller(use, caller);
  use.row.tokenUseId = claims.jti;
  use.row.runIdClaimed ??= claims.run_id ?? null;
  const [authority, ended] = await Promise.all([
    claims.grant_id
      ? grantAuthority(core, use, caller, claims.grant_id)
      : ownAuthority(core, use, caller, connectorId, claims.connection_id ?? null),
    isTokenEnded(core, claims.jti),
  ]);
  if (ended) throw tokenEnded();
  const lent = withContained(authority.connector, authority.scopes);
  const scopes = narrowToGrant(
    { connector: authority.connector, scopes: claims.scope.split(" ").filter((scope) => lent.includes(scope)) },
    [],
  );
  Object.assign(use.row, { scopes, delivery: "gateway" });
  return { authority: { ...authority, whyNot: () => whyNotByToken(core, claims, authority) }, scopes };
}

/** The gate asks of the token too. */
async function whyNotByToken(core: Core, claims: AccessClaims, authority: Authority): Promise<Refusal> {
  return (await isTokenEnded(core, claims.jti)) ? tokenEnded() : authority.whyNot();
}

/** The names for the row. Standing is judged by the authority, not here. */
async function callerOf(core: Core, claims: AccessClaims): Promise<Caller> {
  if (claims.act) {
    const agent = await preparedRecord(core.db, "agents", claims.act.sub);
    if (agent) return { kind: "agent", agentId: agent.id, name: agent.name, ownerId: agent.ownerId, credentialId: null };
  } else {
    const person = await core.db.person.findUnique({
      where: { id: claims.sub },
      select: { id: true, name: true, email: true, role: true },
    });
    if (person)
      return { kind: "person", personId: person.id, name: person.name, email: person.email, role: person.role as "member", via: "token" };
  }
  throw new Refusal("invalid_token", "Whoever this token was issued to is not here any more.", { reason: "token_unknown" });
}
