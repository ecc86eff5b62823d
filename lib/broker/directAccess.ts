import { leaveRejected, type NarrowAccess, type NotLent, narrowAccess } from "../connections/lend";
import { accountAccess } from "../connections/refresh";
import type { Core } from "../ctx";
import { type BoundaryWish, compileBoundary } from "../policy/boundary";
import { heldBySaas } from "../policy/bounds";
import { type CompiledGrant, compileGrant, type Delivery, type NarrowedBy, refuseInseparable } from "../policy/compile";
import { type Recall, readNow } from "../recall";
import { requireKnownClient } from "../setups/client";
import { traced } from "../tracing";
import { workedOut } from "../workedOut";
import type { Authority } from "./authority";

export interface Direct {
  readonly access: NarrowAccess | null;
  /** Who holds the caller to these scopes, as the connection is now. */
  readonly narrowedBy: NarrowedBy;
  /** Why a grant that is delivered directly goes through the gateway this time; null when it does not. */
  readonly fellBack: NotLent | "not_narrow_enough" | "bound_to_key" | null;
}

/**
 * The SaaS's own token for a grant that is delivered directly. The way is chosen anew: the connection may have changed
 * since minting. A token that is wider than what was asked, has no end, or would outlive the grant is never handed out:
 * then the answer is a gateway token, and the row says why.
 *
 * @param bound what is given has to be worth nothing without the caller's key: no SaaS binds its own tokens to it.
 */
export function directAccess(core: Core, authority: Authority, scopes: readonly string[], bound = false): Promise<Direct> {
  return traced(core, "access", {}, () => readyDirect(core, authority, scopes, bound));
}

async function readyDirect(core: Core, authority: Authority, scopes: readonly string[], bound: boolean): Promise<Direct> {
  if (!authority.grantId || !authority.expiresAt) return { access: null, narrowedBy: authority.narrowedBy, fellBack: null };
  const { connector, delivery, bounds } = authority;
  const direct = delivery === "direct" && heldBySaas(connector, bounds);
  const handed = direct && !bound;
  const plan = planOf(authority, scopes, handed ? undefined : "gateway");
  const { narrowedBy } = plan;
  if (!handed) return { access: null, narrowedBy, fellBack: direct ? "bound_to_key" : null };
  if (!plan.directPossible || !plan.providerScopes) return { access: null, narrowedBy, fellBack: "not_narrow_enough" };
  const lent = await lend(core, authority, authority.grantId, plan, { handedUntil: authority.expiresAt });
  if (typeof lent !== "string") return { access: lent, narrowedBy, fellBack: null };
  // A token that would only live too long is as narrow at the gateway; any other was not made narrow by anybody.
  return { access: null, narrowedBy: lent === "outlives_grant" ? narrowedBy : "gateway", fellBack: lent };
}

/** The token the gateway itself uses, and whether the SaaS would refuse by it what was not lent. */
export interface GatewayToken {
  readonly accessToken: string;
  readonly narrow: boolean;
  /** Why it is the account's own, or not kept to single resources, although the SaaS makes such ones; null when it is, or makes none. */
  readonly fellBack: NotLent | null;
}

/**
 * The token the gateway itself uses upstream: narrowed by the SaaS where it can be, so that two walls stand; else the
 * account's own, if the rules can tell apart what the grant has from what that token also reaches.
 *
 * @throws Stale where none is there and none may be asked for.
 */
export function gatewayToken(core: Core, authority: Authority, scopes: readonly string[], how: HowReady = {}): Promise<GatewayToken> {
  return traced(core, "access", {}, () => readyForGateway(core, authority, scopes, how));
}

export interface HowReady {
  /** A token the SaaS has just refused. */
  readonly rejected?: string | undefined;
  /** The SaaS is asked for nothing: what the use is decided by is only remembered. */
  readonly keptOnly?: boolean;
  /** What the use is decided by; left out, everything is read now. */
  readonly recall?: Recall | undefined;
}

async function readyForGateway(core: Core, authority: Authority, scopes: readonly string[], how: HowReady): Promise<GatewayToken> {
  const bounded = await boundedToken(core, authority, scopes, how);
  if (bounded && typeof bounded !== "string") return { accessToken: bounded.accessToken, narrow: true, fellBack: null };
  const token = await scopedToken(core, authority, scopes, how);
  return { ...token, fellBack: bounded ?? token.fellBack };
}

/** One that works with nothing but what the grant is kept to, or why there is none; null where none is to be had. */
async function boundedToken(
  core: Core,
  authority: Authority,
  scopes: readonly string[],
  how: HowReady,
): Promise<NarrowAccess | NotLent | null> {
  const { connector, grantId, granted, bounds } = authority;
  const boundary = grantId ? compileBoundary(connector, granted, scopes, bounds) : null;
  if (typeof boundary === "string") return boundary;
  if (!grantId || !boundary) return null;
  if (how.rejected) await leaveRejected(core, grantId, how.rejected);
  // Its scopes are still those of the account's own, so the rules have to be able to tell them apart.
  const plan = planOf(authority, scopes, "gateway");
  return lend(core, authority, grantId, { ...plan, providerScopes: plan.scopes }, { boundary, keptOnly: how.keptOnly, recall: how.recall });
}

async function scopedToken(core: Core, authority: Authority, scopes: readonly string[], how: HowReady): Promise<GatewayToken> {
  const plan = authority.grantId ? planOf(authority, scopes, undefined, null) : null;
  const grantId = plan?.narrowedBy === "provider" ? authority.grantId : null;
  if (grantId && how.rejected) await leaveRejected(core, grantId, how.rejected);
  const lent = grantId && plan ? await lend(core, authority, grantId, plan, { keptOnly: how.keptOnly, recall: how.recall }) : null;
  if (lent && typeof lent !== "string") return { accessToken: lent.accessToken, narrow: true, fellBack: null };
  // For a person on their own only what a ceiling has cut counts: the rest of the token is theirs as well.
  refuseInseparable(authority.connector, authority.granted, plan ? scopes : authority.scopes);
  const { accessToken } = await accountAccess(core, authority.connectionId, how);
  return { accessToken, narrow: plan?.narrowedBy === "consent", fellBack: lent };
}

/** @param bounds those of the grant, if it is not said otherwise. */
function planOf(authority: Authority, scopes: readonly string[], wish: Delivery | undefined, bounds = authority.bounds): CompiledGrant {
  const { readFrom, connector, granted } = authority;
  const name = `plan ${wish} ${bounds !== null} ${scopes.join(" ")}`;
  return workedOut(readFrom, name, () => compileGrant(connector, granted, scopes, wish, bounds));
}

interface HowLent {
  readonly handedUntil?: Date | null;
  readonly boundary?: BoundaryWish | undefined;
  readonly keptOnly?: boolean | undefined;
  readonly recall?: Recall | undefined;
}

async function lend(
  core: Core,
  authority: Authority,
  grantId: string,
  plan: CompiledGrant,
  { handedUntil = null, boundary, keptOnly = false, recall }: HowLent,
): Promise<NarrowAccess | NotLent> {
  // Refuses where the connector is switched off by now, whatever is held of it.
  await requireKnownClient(core, recall ?? readNow(core.db), authority.connector.id, authority.registration);
  const { personId, connectionId, accountName, repositories } = authority;
  const by = plan.narrowedBy === "consent" ? "consent" : "provider";
  const scopes = plan.providerScopes ?? [];
  const whose = { grantId, personId, connectionId, accountName };
  const input = { ...whose, by, scopes, repositories, handedUntil, ...(boundary ? { boundary } : {}) } as const;
  return narrowAccess(core, input, keptOnly);
}
