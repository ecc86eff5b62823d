import type { Path } from "../activity/path";
import type { Use } from "../activity/use";
import { readHops } from "../chains/hops";
import { findEnded, type Hop, refuseEnded, refuseStopped } from "../chains/rules";
import type { Core } from "../ctx";
import { Refusal } from "../errors";
import { refuseGrant } from "../grants/refuseGrant";
import { judgeStanding, type Standing } from "../grants/rules";
import { readStanding } from "../grants/standing";
import type { HopLimits } from "../policy/accessDetails";
import { readBounds } from "../policy/bounds";
import type { AccessClaims, ActClaim } from "../tokens/signer";
import { type Authority, noteGrant, standingAuthority } from "./authority";
import type { Caller } from "./caller";

/** What a token that was handed on adds to its grant's authority: the hops it came by, and what the last is kept to. */
export interface Chain {
  /** Outermost first, never none. */
  readonly hops: readonly [Hop, ...Hop[]];
  readonly limits: HopLimits;
}

/** A token of a grant, or of a hop from one, with all it rests on. Read now; `refuseDead` judges it. */
export interface HeldToken {
  readonly standing: Standing;
  /** Outermost first; none for the grant's own token. */
  readonly hops: readonly Hop[];
}

/**
 * Reads what a delegated token of ours rests on, and puts it into the row.
 *
 * Refuses `invalid_grant` (`grant_unknown`) for one whose grant or hop is not there.
 */
export async function readHeld(core: Core, use: Use, caller: Caller, claims: AccessClaims): Promise<HeldToken> {
  const held = await reread(core, claims);
  noteGrant(use, caller, held.standing);
  use.row.chain = handsOf(held.standing, held.hops);
  return held;
}

/** The same as it is now, for the row of a use that is under way. */
export async function reread(core: Core, { grant_id = "", delegation_id, act }: AccessClaims): Promise<HeldToken> {
  const [standing, hops] = await Promise.all([readStanding(core, grant_id), delegation_id ? readHops(core, delegation_id) : []]);
  const holder = delegation_id ? hops.at(-1)?.toAgentId : standing?.agentId;
  if (!standing || holder === undefined || holder !== act?.sub || hops.some((hop) => hop.grantId !== grant_id))
    throw new Refusal("invalid_grant", "This token belongs to no grant that is here.", { reason: "grant_unknown" });
  return { standing, hops };
}

/** The authority of a token that was handed on, for the agent it was handed to. Refuses `invalid_grant` with the part of the chain that ended. */
export async function chainAuthority(core: Core, use: Use, caller: Caller, claims: AccessClaims): Promise<Authority> {
  const held = await readHeld(core, use, caller, claims);
  const [first, ...others] = held.hops;
  if (!first) throw new Error("A hop without hops.");
  Object.assign(use.row, { delegationId: claims.delegation_id, path: pathOf(held), narrowedBy: "gateway" });
  refuseDead(core, held, use.row.at);
  return {
    ...heldAuthority(core, held),
    chain: { hops: [first, ...others], limits: limitsOf(held) },
    whyNot: () => whyNotHeld(core, claims),
  };
}

/** What a token can give: its grant's authority, until the token's own end. */
export function heldAuthority(core: Core, { standing, hops }: HeldToken): Authority {
  const authority = standingAuthority(core, standing);
  return { ...authority, delivery: "gateway", narrowedBy: "gateway", expiresAt: hops.at(-1)?.expiresAt ?? authority.expiresAt };
}

/** What a token is kept to beyond its scopes: its hop's limits, or its grant's. */
export function limitsOf({ standing, hops }: HeldToken): HopLimits {
  const last = hops.at(-1);
  return last ? { bounds: readBounds(last.bounds), callsMax: last.callsMax } : { bounds: readBounds(standing.bounds), callsMax: null };
}

/** @throws Refusal for the first of what a token rests on that does not live any more: the grant, then hop by hop. */
export function refuseDead(core: Core, { standing, hops }: HeldToken, now: Date): void {
  const reason = judgeStanding(standing, now);
  if (reason === "agent_paused" || reason === "owner_suspended")
    throw refuseStopped(reason, { id: standing.agentId, name: standing.agentName });
  if (reason) throw refuseGrant(core, standing, reason);
  const ended = findEnded(hops, now);
  if (ended) throw refuseEnded(ended);
}

/** The refusal for a use of a chain that the ledger did not admit: what has changed since it was read. */
async function whyNotHeld(core: Core, claims: AccessClaims): Promise<Refusal> {
  refuseDead(core, await reread(core, claims), core.clock.now());
  return notAdmitted();
}

/** Nothing has changed, and yet the gate did not open: nothing is given. */
export function notAdmitted(): Refusal {
  return new Refusal("unavailable", "The chain could not be checked. Try again.", { reason: "not_admitted", retryAfterSeconds: 1 });
}

/** All that has to live for a token to live. */
export function pathOf({ standing, hops }: HeldToken): Path {
  const { delegationIds = [], linkIds = [], agentIds = [standing.agentId] } = hops.at(-1) ?? {};
  return { delegationIds, linkIds, agentIds };
}

/** Whose hands a token is in, for the row: the person, then every agent in its order. */
export function handsOf(standing: Standing, hops: readonly Hop[]): Use["row"]["chain"] {
  const agents = [
    { id: standing.agentId, name: standing.agentName },
    ...hops.map(({ toAgentId, toAgentName }) => ({ id: toAgentId, name: toAgentName })),
  ];
  return [
    { kind: "person", id: standing.personId, name: standing.personName },
    ...agents.map((one) => ({ kind: "agent" as const, ...one })),
  ];
}

/** How many actors a nested claim tells of (RFC 8693 section 4.1). */
export function actorsIn(act: ActClaim): number {
  return act.act ? 1 + actorsIn(act.act) : 1;
}

/** Who acted first on the person's behalf: the innermost. */
export function firstActor(act: ActClaim): string {
  return act.act ? firstActor(act.act) : act.sub;
}
