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
import { chainAuthority } from "./chain";
import { isTokenEnded, tokenEnded } from "./endedToken";
import { narrowToGrant } from "./exchange";
import { holdToKey, refuseKeyless } from "./holdToKey";
import { noteTokenRun } from "./runs";

/** What of a call tells who makes it. */
export interface GatewayCall {
  readonly connector: string;
  readonly method: string;
  /** As the caller wrote it, from the slash behind the connector's id on, with the query. */
  readonly rawPath: string;
  readonly headers: Headers;
  readonly bearer: string | null;
}

/** Somebody who is in: their authority, and the part of it that their token carries. */
export interface Entry {
  readonly authority: Authority;
  readonly scopes: readonly string[];
  /** For the next proof of the caller's key, when the nonce of this one is about to end. */
  readonly nextNonce: string | null;
}

/** Who calls, and on what authority: an agent or a person by a Valet token, or a person by their own API token. */
export async function enterGateway(core: Core, use: Use, request: GatewayCall): Promise<Entry> {
  const connector = localConnector(core, request.connector);
  use.row.connector = connector.id;
  if (!request.bearer)
    throw new Refusal("invalid_token", "Send the access token of a grant: Authorization: Bearer ...", { reason: "token_missing" });
  if (secretKind(request.bearer) === "pat") {
    refuseKeyless(request);
    const person = await authenticatePerson(core, request.bearer);
    noteCaller(use, person);
    const authority = await ownAuthority(core, use, person, connector.id, request.headers.get("valet-connection"));
    return { authority, scopes: authority.scopes, nextNonce: null };
  }
  const claims = await core.signer.verify(request.bearer, apiBase(core, connector, "gateway"), use.row.at);
  return enterByToken(core, use, claims, connector.id, request);
}

async function enterByToken(core: Core, use: Use, claims: AccessClaims, connectorId: string, request: GatewayCall): Promise<Entry> {
  const { caller, bindsAlways } = await callerOf(core, claims);
  noteCaller(use, caller);
  use.row.tokenUseId = claims.jti;
  const { method, headers, bearer } = request;
  const url = `${core.settings.publicUrl}/proxy/${request.connector}${request.rawPath}`;
  const nextNonce = await holdToKey(core, { method, url, headers, token: bearer ?? "" }, claims.cnf, bindsAlways);
  await noteTokenRun(core, use, caller, claims);
  const [authority, ended] = await Promise.all([authorityOf(core, use, caller, claims, connectorId), isTokenEnded(core, claims.jti)]);
  if (ended) throw tokenEnded();
  refuseOtherPattern(claims, caller, authority);
  const lent = withContained(authority.connector, authority.scopes);
  const scopes = narrowToGrant(
    { connector: authority.connector, scopes: claims.scope.split(" ").filter((scope) => lent.includes(scope)) },
    [],
  );
  Object.assign(use.row, { scopes, delivery: "gateway" });
  return { authority: { ...authority, whyNot: () => whyNotByToken(core, claims, authority) }, scopes, nextNonce };
}

function authorityOf(core: Core, use: Use, caller: Caller, claims: AccessClaims, connectorId: string): Promise<Authority> {
  if (claims.delegation_id) return chainAuthority(core, use, caller, claims);
  if (claims.grant_id) return grantAuthority(core, use, caller, claims.grant_id);
  return ownAuthority(core, use, caller, connectorId, claims.connection_id ?? null);
}

/** What was issued on a person's authority never spends the agent's own, nor the other way round. */
function refuseOtherPattern(claims: AccessClaims, caller: Caller, authority: Authority): void {
  if (caller.kind !== "agent" || (authority.pattern === "own") === (claims.act === undefined)) return;
  throw new Refusal("invalid_token", "This access token was issued on another authority than the grant's. Exchange the grant anew.", {
    reason: "token_other_pattern",
  });
}

/** The gate asks of the token too. */
async function whyNotByToken(core: Core, claims: AccessClaims, authority: Authority): Promise<Refusal> {
  return (await isTokenEnded(core, claims.jti)) ? tokenEnded() : authority.whyNot();
}

/** The names for the row. Standing is judged by the authority, not here. */
async function callerOf(core: Core, claims: AccessClaims): Promise<{ caller: Caller; bindsAlways: boolean }> {
  const agentId = claims.act?.sub ?? (isId("agt", claims.sub) ? claims.sub : null);
  if (agentId) {
    const agent = await preparedRecord(core.db, "agents", agentId);
    if (agent) {
      const caller = { kind: "agent" as const, agentId: agent.id, name: agent.name, ownerId: agent.ownerId, credentialId: null };
      return { caller, bindsAlways: agent.dpop !== "optional" };
    }
  } else {
    const person = await core.db.person.findUnique({
      where: { id: claims.sub },
      select: { id: true, name: true, email: true, role: true },
    });
    if (person) {
      const { id: personId, name, email } = person;
      return { caller: { kind: "person", personId, name, email, role: person.role as "member", via: "token" }, bindsAlways: false };
    }
  }
  throw new Refusal("invalid_token", "Whoever this token was issued to is not here any more.", { reason: "token_unknown" });
}
