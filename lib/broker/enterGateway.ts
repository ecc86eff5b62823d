import type { Use } from "../activity/use";
import { type Hand, readHand } from "../agents/hand";
import { withContained } from "../connectors/scopes";
import type { Core } from "../ctx";
import { Refusal } from "../errors";
import { apiBase } from "../grants/apiBase";
import { isId } from "../ids";
import type { HeaderFields } from "../net/message";
import { authenticatePerson } from "../people/personalTokens";
import { type Recall, readNow } from "../recall";
import { localConnector } from "../setups/client";
import { secretKind } from "../tokens/secret";
import type { AccessClaims } from "../tokens/signer";
import { workedOut } from "../workedOut";
import { type Authority, grantAuthority, noteCaller, ownAuthority } from "./authority";
import type { Caller } from "./caller";
import { chainAuthority } from "./chain";
import { isTokenEnded, tokenEnded } from "./endedToken";
import { narrowToGrant } from "./exchange";
import { holdToKey, refuseKeyless, requireBound } from "./holdToKey";
import { noteTokenRun } from "./runs";

/** What of a call tells who makes it. */
export interface GatewayCall {
  readonly connector: string;
  readonly method: string;
  /** As the caller wrote it, from the slash behind the connector's id on, with the query. */
  readonly rawPath: string;
  readonly headers: HeaderFields;
  readonly bearer: string | null;
}

/** Somebody who is in: their authority, and the part of it that their token carries. */
export interface Entry {
  readonly authority: Authority;
  readonly scopes: readonly string[];
  /** For the next proof of the caller's key, when the nonce of this one is about to end. */
  readonly nextNonce: string | null;
}

/** Somebody who is proved, and has not been judged: a person by their own API token, or whoever a token of ours was issued to. */
export interface Entrant {
  readonly caller: Caller;
  /** Null: no token of ours, but the person's own. */
  readonly claims: AccessClaims | null;
  readonly nextNonce: string | null;
}

/**
 * Who calls: an agent or a person by a Valet token, or a person by their own API token. What may be done once alone is done here: a proof of a key
 * is spent, a run gets its owner.
 */
export async function proveEntrant(core: Core, use: Use, request: GatewayCall, recall: Recall): Promise<Entrant> {
  const connector = localConnector(core, request.connector);
  use.row.connector = connector.id;
  if (!request.bearer)
    throw new Refusal("invalid_token", "Send the access token of a grant: Authorization: Bearer ...", { reason: "token_missing" });
  if (secretKind(request.bearer) === "pat") {
    refuseKeyless(request);
    const caller = await authenticatePerson(core, request.bearer);
    noteCaller(use, caller);
    return { caller, claims: null, nextNonce: null };
  }
  const claims = await core.signer.verify(request.bearer, apiBase(core, connector, "gateway"), use.row.at);
  const { caller, bindsAlways } = await callerOf(core, claims, claims.delegation_id ? readNow(core.db) : recall);
  noteCaller(use, caller);
  use.row.tokenUseId = claims.jti;
  const { method, headers, bearer } = request;
  const url = `${core.settings.publicUrl}/proxy/${request.connector}${request.rawPath}`;
  const nextNonce = await holdToKey(core, { method, url, headers, token: bearer }, claims.cnf, bindsAlways);
  await noteTokenRun(core, use, caller, claims);
  return { caller, claims, nextNonce };
}

/** On what authority: read now, or by what is remembered, for which the gate asks the rest. */
export async function enterGateway(
  core: Core,
  use: Use,
  { caller, claims, nextNonce }: Entrant,
  request: GatewayCall,
  recall?: Recall,
): Promise<Entry> {
  const connector = localConnector(core, request.connector);
  if (!claims) {
    const authority = await ownAuthority(core, use, caller, connector.id, request.headers.get("valet-connection"));
    return { authority, scopes: authority.scopes, nextNonce };
  }
  // Whether it was ended, the gate asks in any case: here it is asked for the sake of who is told so.
  const [authority, ended] = await Promise.all([
    authorityOf(core, use, caller, claims, connector.id, recall),
    recall ? false : isTokenEnded(core, claims.jti),
  ]);
  if (ended) throw tokenEnded();
  refuseOtherPattern(claims, caller, authority);
  const scopes = workedOut(authority.readFrom, `carried ${claims.scope}`, () => carriedScopes(authority, claims.scope));
  Object.assign(use.row, { scopes, delivery: "gateway" });
  return { authority: { ...authority, whyNot: () => whyNotByToken(core, claims, authority) }, scopes, nextNonce };
}

/** What a token carries of what the grant still lends. */
function carriedScopes({ connector, scopes: lent }: Authority, carried: string): readonly string[] {
  const within = withContained(connector, lent);
  return narrowToGrant({ connector, scopes: carried.split(" ").filter((scope) => within.includes(scope)) }, []);
}

/** Where a caller was known by what was remembered: the same by what is there now. */
export async function proveEntrantAgain(core: Core, { claims }: Entrant): Promise<void> {
  if (!claims) return;
  const { bindsAlways } = await callerOf(core, claims, readNow(core.db));
  requireBound(claims.cnf, bindsAlways);
}

function authorityOf(core: Core, use: Use, caller: Caller, claims: AccessClaims, connectorId: string, recall?: Recall): Promise<Authority> {
  if (claims.delegation_id) return chainAuthority(core, use, caller, claims);
  if (claims.grant_id) return grantAuthority(core, use, caller, claims.grant_id, caller.kind === "agent" ? recall : undefined);
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
async function callerOf(core: Core, claims: AccessClaims, recall: Recall): Promise<{ caller: Caller; bindsAlways: boolean }> {
  const agentId = claims.act?.sub ?? (isId("agt", claims.sub) ? claims.sub : null);
  if (agentId) {
    const agent = await handOf(core, recall, agentId, claims.cnf !== undefined);
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

/** What is remembered refuses nobody: where the call came without a key and would have to have one, it is read now. */
async function handOf(core: Core, recall: Recall, agentId: string, byKey: boolean): Promise<Readonly<Hand> | null> {
  const hand = await readHand(recall, agentId);
  return hand && hand.dpop !== "optional" && !byKey ? readHand(readNow(core.db), agentId) : hand;
}
