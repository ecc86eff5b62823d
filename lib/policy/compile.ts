import type { Connector } from "../connectors/connector";
import { findScope, heldScopes, narrowScopes, providerScopes, withContained } from "../connectors/scopes";
import { Refusal } from "../errors";
import { type Bounds, heldBySaas } from "./bounds";
import { narrowableScopes } from "./narrowable";

/** An agent's copy of a token ends within the hour, whoever made it narrow. */
export const DIRECT_SECONDS_MAX = 3600;

export type NarrowedBy = "provider" | "consent" | "gateway";
export type Delivery = "direct" | "gateway";

export interface CompiledGrant {
  /** What was asked, without doubles. */
  readonly scopes: readonly string[];
  /** Who holds the agent to it: a token the SaaS cut, the consent that was no wider, or Valet on every call. */
  readonly narrowedBy: NarrowedBy;
  readonly delivery: Delivery;
  /** One sentence for the person: who enforces it, and how. */
  readonly why: string;
  /** What a token of the SaaS is to be asked for, by the connector's names. Null when one this narrow does not exist there. */
  readonly providerScopes: readonly string[] | null;
  readonly directPossible: boolean;
  /** A sentence, when it is not. */
  readonly whyNotDirect?: string;
}

/**
 * Chooses the strongest way in which this connection can be lent this narrowly. Pure.
 *
 * `heldByProvider` is what the SaaS granted, as `parseScopes` reads it, also names that Valet does not know.
 * It changes when a person reconnects: whoever uses a grant later compiles it again.
 *
 * `bounds` narrow it further, and only the gateway can hold those, save where `heldBySaas` says otherwise.
 *
 * @throws Refusal `invalid_scope` as `narrowScopes`, or `scope_not_enforceable` when nobody could hold an agent to it;
 * `invalid_request` (`direct_not_possible`) when the token was wished for and cannot be handed out.
 */
export function compileGrant(
  connector: Connector,
  heldByProvider: readonly string[],
  asked: readonly string[],
  wish?: Delivery,
  bounds: Bounds | null = null,
): CompiledGrant {
  const scopes = narrowScopes(connector, heldScopes(connector, heldByProvider), asked);
  // Where nobody but Valet knows of the bounds, a token that the SaaS cut to the scopes is still wider than the grant.
  const onlyOurs = !heldBySaas(connector, bounds);
  const narrowedBy = onlyOurs ? "gateway" : strongestWay(connector, heldByProvider, scopes);
  const whyNotDirect = onlyOurs ? onlyValet(connector) : reasonAgainstDirect(connector, narrowedBy);
  if (wish === "direct" && whyNotDirect)
    throw new Refusal("invalid_request", whyNotDirect, { reason: "direct_not_possible", next: "Lend it through the gateway." });
  const delivery = wish ?? (whyNotDirect ? "gateway" : "direct");
  if (delivery === "gateway") refuseInseparable(connector, heldByProvider, scopes);
  return {
    scopes,
    narrowedBy,
    delivery,
    why: explain(connector, narrowedBy, delivery),
    providerScopes: narrowableScopes(connector, heldByProvider, scopes) ?? scopesForProvider(connector, heldByProvider, scopes),
    directPossible: whyNotDirect === undefined,
    ...(whyNotDirect ? { whyNotDirect } : {}),
  };
}

/**
 * `provider` where the SaaS can be asked for a token this narrow. By exchange only for what the consent does not hold already:
 * nothing is gained by a second token as wide as the first.
 */
export function strongestWay(connector: Connector, granted: readonly string[], scopes: readonly string[]): NarrowedBy {
  const cut = narrowableScopes(connector, granted, scopes) !== null;
  if (cut && connector.tokens.narrowing.how !== "token_exchange") return "provider";
  if (consentHolds(connector, granted, scopes)) return "consent";
  return cut ? "provider" : "gateway";
}

/** Only when all that was granted is within what was asked; a granted name that Valet does not know is wider. */
function consentHolds(connector: Connector, granted: readonly string[], scopes: readonly string[]): boolean {
  if (providerScopes(connector, scopes) === null) return false;
  const within = withContained(connector, scopes);
  const lendable = granted.filter((name) => !findScope(connector, name)?.protocol);
  return lendable.length > 0 && lendable.every((name) => within.includes(name));
}

/** What was asked and all within it that was granted by name, so that the token is no narrower than the agent was told. */
function scopesForProvider(connector: Connector, granted: readonly string[], scopes: readonly string[]): string[] | null {
  if (providerScopes(connector, scopes) === null) return null;
  return withContained(connector, scopes).filter((name) => granted.includes(name));
}

/**
 * A token that is killed by the next refresh is not lent, however it was narrowed: the broker refreshes for other grants
 * of the same connection, and the agent's copy would die before the time it was told. Without a refresh token there is
 * only the one token of the connection, and it cannot be renewed.
 */
function reasonAgainstDirect({ name, tokens }: Connector, narrowedBy: NarrowedBy): string | undefined {
  if (narrowedBy === "gateway") return `${name} has no token this narrow: the account's own can do more, so it never leaves Valet.`;
  if (tokens.accessSeconds === null) return `${name} gives tokens without an end, so the account's own never leaves Valet.`;
  if (tokens.accessSeconds > DIRECT_SECONDS_MAX) return `A token of ${name} lives longer than an hour, so it never leaves Valet.`;
  if (tokens.refresh === "none") return `${name} gives no refresh token: the one token of this connection never leaves Valet.`;
  if (tokens.refreshKillsAccess) return `${name} ends a token with the next refresh, so one that was handed out would stop working early.`;
  return undefined;
}

function onlyValet({ name }: Connector): string {
  return `Only Valet can keep an agent to these bounds, so no token of ${name} is handed out.`;
}

/**
 * For whoever is about to use the account's own token for a grant: what that token also reaches by the same requests must be
 * in the grant. Asked on minting for the gateway, and again on use, since a reconnect widens the token and a grant that was
 * minted for direct delivery may have to fall back to the gateway.
 *
 * @throws Refusal `invalid_scope` (`scope_not_enforceable`).
 */
export function refuseInseparable(connector: Connector, granted: readonly string[], scopes: readonly string[]): void {
  const held = withContained(connector, granted);
  const within = withContained(connector, scopes);
  for (const name of within) {
    const wider = findScope(connector, name)?.inseparableFrom?.find((other) => held.includes(other) && !within.includes(other));
    if (wider !== undefined) throw notEnforceable(connector, name, wider);
  }
}

function notEnforceable(connector: Connector, name: string, wider: string): Refusal {
  const message = `${connector.name} answers "${name}" and "${wider}" through the same requests, so Valet's gateway could not keep this agent from "${wider}".`;
  return new Refusal("invalid_scope", message, {
    reason: "scope_not_enforceable",
    next: `Lend "${wider}" as well, connect the account again without it, or lend the token itself where that is possible.`,
  });
}

function explain({ name }: Connector, narrowedBy: NarrowedBy, delivery: Delivery): string {
  if (narrowedBy === "gateway") return `Valet's gateway enforces this: it checks every call, and the agent never holds a token of ${name}.`;
  const cut = {
    provider: `${name} enforces this: Valet has it make a token with only these permissions`,
    consent: `${name} enforces this: these are all the permissions you gave on connecting`,
  };
  const rest =
    delivery === "direct"
      ? ", and the agent holds that token for at most an hour."
      : ". Valet's gateway checks every call as well, and the agent never holds a token.";
  return `${cut[narrowedBy]}${rest}`;
}
