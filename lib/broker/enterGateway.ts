import type { Use } from "../activity/use";
import { withContained } from "../connectors/scopes";
import type { Core } from "../ctx";
import { preparedRecord } from "../db";
import { Refusal } from "../errors";
import { apiBase } from "../grants/apiBase";
import { isId } from "../ids";
import { authenticatePerson } from "../people/personalTokens";
import { localConnector } from "../setups/client";
import { secretKind } from "../tokens/secret";
import type { AccessClaims } from "../tokens/signer";
import { type Authority, grantAuthority, noteCaller, ownAuthority } from "./authority";
import type { Caller } from "./caller";
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
  const authority = claims.grant_id
    ? await grantAuthority(core, use, caller, claims.grant_id)
    : await ownAuthority(core, use, caller, connectorId, claims.connection_id ?? null);
  refuseOtherPattern(claims, caller, authority);
  const lent = withContained(authority.connector, authority.scopes);
  const scopes = narrowToGrant(
    { connector: authority.connector, scopes: claims.scope.split(" ").filter((scope) => lent.includes(scope)) },
    [],
  );
  Object.assign(use.row, { scopes, delivery: "gateway" });
  return { authority, scopes };
}

/** What was issued on a person's authority never spends the agent's own, nor the other way round. */
function refuseOtherPattern(claims: AccessClaims, caller: Caller, authority: Authority): void {
  if (caller.kind !== "agent" || (authority.pattern === "own") === (claims.act === undefined)) return;
  throw new Refusal("invalid_token", "This access token was issued on another authority than the grant's. Exchange the grant anew.", {
    reason: "token_other_pattern",
  });
}

/** The names for the row. Standing is judged by the authority, not here. */
async function callerOf(core: Core, claims: AccessClaims): Promise<Caller> {
  const agentId = claims.act?.sub ?? (isId("agt", claims.sub) ? claims.sub : null);
  if (agentId) {
    const agent = await preparedRecord(core.db, "agents", agentId);
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
