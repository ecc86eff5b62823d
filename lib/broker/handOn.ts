import { recordUse, type Use } from "../activity/use";
import { whyStopped } from "../chains/hops";
import { findLink } from "../chains/links";
import { ACTORS_MAX, refuseStopped } from "../chains/rules";
import { withContained } from "../connectors/scopes";
import type { Core } from "../ctx";
import { Refusal } from "../errors";
import { newId } from "../ids";
import { type AskedDetails, type HopLimits, narrowLimits, spellDetails } from "../policy/accessDetails";
import { noteCaller } from "./authority";
import { boundTo, requireBinding } from "./binding";
import { type Caller, proveCaller } from "./caller";
import { actorsIn, type HeldToken, handsOf, heldAuthority, limitsOf, notAdmitted, pathOf, readHeld, refuseDead, reread } from "./chain";
import { answer, type ExchangeRequest, type IssuedToken, refuseOtherTargets } from "./exchange";
import { gatewayAccess } from "./gatewayAccess";
import { needLink, refuseNoLink, requestedActor } from "./mayAct";
import { noteToken } from "./noteToken";
import type { ProvedActor } from "./proveActor";
import { noteTokenRun } from "./runs";
import { type ActorToken, type Delegated, nextActor, readSubject } from "./subjectToken";
import { ACCESS_TOKEN_TYPE } from "./tokenTypes";

export interface HandOnRequest extends ExchangeRequest {
  /** Proof of who is to act next, where whoever acts now asks. Null: the caller is to. */
  readonly actor: ActorToken | null;
  /** RFC 9396. Null: as narrow as the token is. */
  readonly details: AskedDetails | null;
  /** What is asked of the new token's life; it never outlives the one it is made out of. */
  readonly expiresInSeconds: number | null;
}

export interface HandedOn extends IssuedToken {
  readonly delegationId: string;
  /** What was granted beyond the scopes; null where nothing narrows it further. */
  readonly details: readonly object[] | null;
}

/** What goes from one agent to the next, once both are known. */
interface Handing {
  readonly claims: Delegated;
  readonly held: HeldToken;
  readonly next: ProvedActor;
  readonly linkId: string;
}

/** How much of it goes. */
interface Part {
  readonly scopes: readonly string[];
  readonly limits: HopLimits;
  /** Who alone may act after that. */
  readonly mayAct: string | null;
}

/**
 * Trades an agent's delegated token for one in the hands of another agent: for the same person and grant, the same or narrower in
 * scopes, resources, calls and time, for the same one place, and with the whole chain nested in `act`.
 *
 * Either whoever acts now asks and shows `actor_token`, or the next one asks with a token whose `may_act` names it. Refuses
 * `invalid_request` for a token that is not good, not the caller's to use, or handed on before; `actor_unauthorized` where no link or
 * `may_act` lets that agent act; `invalid_scope`, `invalid_target` and `invalid_authorization_details` for more than the token has.
 * RFC 8693 sections 2 and 4.
 */
export function handOn(core: Core, request: HandOnRequest): Promise<HandedOn> {
  const { requestId, traceId, runId: runIdClaimed } = request;
  return recordUse(core, { event: "token.hand_on", target: "Access token", requestId, traceId, runIdClaimed }, async (use) => {
    const caller = await proveCaller(core, request.credentials);
    noteCaller(use, caller);
    const handing = await readHanding(core, use, caller, request);
    const part = await partOf(core, handing, request);
    return issue(core, use, request, handing, part);
  });
}

/** Each fact goes into the row as soon as it is known: whose token somebody tried to use is told also where it was not theirs. */
async function readHanding(core: Core, use: Use, caller: Caller, request: HandOnRequest): Promise<Handing> {
  const now = use.row.at;
  const claims = await readSubject(core, request.subjectToken, now);
  use.row.tokenUseId = claims.jti;
  await noteTokenRun(core, use, caller, claims);
  const held = await readHeld(core, use, caller, claims);
  const next = await nextActor(core, caller, claims, request.actor, now);
  use.row.chain = [...handsOf(held.standing, held.hops), { kind: "agent", id: next.agentId, name: next.name }];
  use.row.target = `To ${next.name}`;
  refuseDead(core, held, now);
  const linkId = await needLink(core, held.standing, claims.act.sub, next.agentId);
  await refuseStoppedActor(core, next);
  await requireNextKey(core, caller, next, request.jkt);
  return { claims, held, next, linkId };
}

/** A token is bound to the key of whoever is to use it: where another asks for it, it can be bound to none. */
async function requireNextKey(core: Core, caller: Caller, next: ProvedActor, jkt: string | undefined): Promise<void> {
  if (caller.kind === "agent" && caller.agentId === next.agentId) return requireBinding(core, caller, jkt);
  if (jkt !== undefined)
    throw new Refusal("invalid_request", "A token for another agent cannot be bound to your key.", {
      reason: "key_of_another",
      next: "Leave the proof out, or have a token made with requested_actor, for that agent to show with a proof of its own.",
    });
  await requireBinding(core, asCaller(next), undefined);
}

async function partOf(core: Core, { claims, held, next }: Handing, request: HandOnRequest): Promise<Part> {
  const authority = heldAuthority(core, held);
  const { connector, scopes: lent } = authority;
  refuseOtherTargets(request, authority, [claims.aud]);
  if (actorsIn(claims.act) >= ACTORS_MAX) throw tooDeep();
  const within = withContained(connector, lent);
  const carried = claims.scope.split(" ").filter((scope) => within.includes(scope));
  const scopes = narrowToToken(carried, withContained(connector, carried), request.scopes);
  const limits = narrowLimits(connector, scopes, limitsOf(held), request.details);
  const asked = request.requestedActor;
  const mayAct = asked === undefined ? null : await requestedActor(core, held.standing, asCaller(next), asked);
  return { scopes, limits, mayAct };
}

/** @param within all that the token opens by what it carries. */
function narrowToToken(carried: readonly string[], within: readonly string[], asked: readonly string[]): readonly string[] {
  if (carried.length > 0 && asked.length === 0) return carried;
  if (carried.length > 0 && asked.every((scope) => within.includes(scope))) return within.filter((scope) => asked.includes(scope));
  throw new Refusal("invalid_scope", `The token does not have all of the scopes that were asked for. It has: ${carried.join(" ")}.`, {
    reason: "scope_beyond_token",
    next: "Ask for less, or leave scope out.",
  });
}

async function issue(core: Core, use: Use, request: HandOnRequest, handing: Handing, part: Part): Promise<HandedOn> {
  const { claims, held, next, linkId } = handing;
  const authority = heldAuthority(core, held);
  const { connector, accountName } = authority;
  const { scopes, limits, mayAct } = part;
  const id = newId("dlg", use.row.at);
  const details = spellDetails(limits);
  const path = pathWith(held, linkId, next);
  Object.assign(use.row, { target: `${connector.name}: ${accountName}, to ${next.name}`, scopes, path, delegationId: id });
  Object.assign(use.row, { delivery: "gateway", narrowedBy: "gateway" });
  use.row.detail = { from: claims.act.sub, to: next.agentId, link_id: linkId, ...(details ? { authorization_details: details } : {}) };
  const until = endOf(use.row.at, claims, request.expiresInSeconds, authority.expiresAt);
  const access = await gatewayAccess(core, use, asCaller(next), { ...authority, expiresAt: until }, scopes, claims.run_id, {
    act: { sub: next.agentId, act: claims.act },
    delegation_id: id,
    ...(mayAct ? { may_act: { sub: mayAct } } : {}),
    ...(details ? { authorization_details: details } : {}),
    // Never the key of the token before: that is another agent's.
    ...boundTo(request.jkt),
  });
  noteToken(use, access.apiBase, access.expiresAt);
  const hop = {
    id,
    grantId: claims.grant_id,
    parentId: claims.delegation_id ?? null,
    parentJti: claims.jti,
    linkId,
    fromAgentId: claims.act.sub,
    toAgentId: next.agentId,
    depth: actorsIn(claims.act) + 1,
    ...path,
    delegationIds: [...path.delegationIds, id],
    scopes,
    ...limits,
    runId: claims.run_id ?? null,
    createdAt: use.row.at,
    expiresAt: access.expiresAt,
  };
  await use.admitHop(hop, spent, () => whyNotHandedOn(core, handing));
  const issued = answer(core, use, authority, scopes, { ...access, issuedTokenType: ACCESS_TOKEN_TYPE, narrowedBy: "gateway" });
  return { ...issued, delegationId: id, details };
}

/** What must live for the new token: all that the old one rests on, the link, and the agent it is for. */
function pathWith(held: HeldToken, linkId: string, next: ProvedActor) {
  const path = pathOf(held);
  return { ...path, linkIds: [...path.linkIds, linkId], agentIds: [...path.agentIds, next.agentId] };
}

/** Never after the token it is made out of, the hop or the grant behind it, or what was asked. */
function endOf(now: Date, { exp }: Delegated, askedSeconds: number | null, latest: Date | null): Date {
  const ends = [exp * 1000, latest?.getTime() ?? exp * 1000];
  return new Date(Math.min(...ends, ...(askedSeconds === null ? [] : [now.getTime() + askedSeconds * 1000])));
}

function asCaller(next: ProvedActor): Caller {
  return { kind: "agent", credentialId: null, ...next };
}

/** In words what the gate asks as well. */
async function refuseStoppedActor(core: Core, { agentId, name }: ProvedActor): Promise<void> {
  const stopped = await whyStopped(core, agentId);
  if (stopped) throw refuseStopped(stopped, { id: agentId, name });
}

/** The refusal for a hop that the ledger did not admit: what has changed since all of it was read. */
async function whyNotHandedOn(core: Core, { claims, held, next }: Handing): Promise<Refusal> {
  refuseDead(core, await reread(core, claims), core.clock.now());
  if (!(await findLink(core, claims.grant_id, claims.act.sub, next.agentId))) return refuseNoLink(held.standing);
  await refuseStoppedActor(core, next);
  return notAdmitted();
}

function tooDeep(): Refusal {
  return new Refusal("invalid_request", `A chain may have ${ACTORS_MAX} agents at most, and this one has them.`, {
    reason: "chain_too_deep",
  });
}

function spent(): Refusal {
  return new Refusal("invalid_request", "This token was handed on before. Each is handed on once.", {
    reason: "token_spent",
    next: "Exchange for a new token, and hand that one on.",
  });
}
