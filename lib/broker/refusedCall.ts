import type { Use } from "../activity/use";
import { describeScopes, findScope, heldScopes, withContained } from "../connectors/scopes";
import type { Core } from "../ctx";
import { isRefusal, Refusal } from "../errors";
import { smallestGrant, teach } from "../grants/smallestGrant";
import type { Bounds } from "../policy/bounds";
import type { Call, Denied } from "../policy/decide";
import { smallestScopes } from "../policy/smallest";
import type { Authority } from "./authority";
import type { Entry } from "./enterGateway";

/**
 * A refusal that teaches: the rule that refused, the smallest grant that would have let the call through, and where its
 * person can lend just that. Chosen from what the account holds; where that cannot do it, from all that the SaaS has.
 */
export function refusedCall(core: Core, use: Use, entry: Entry, call: Call, decision: Denied): Refusal {
  const { authority } = entry;
  const { reason, sentence, rule, smallestScope, smallestResource } = decision;
  const bounds = BEYOND_ONE.has(reason) ? withoutResources(authority.bounds) : widened(authority.bounds, smallestResource);
  const facts = {
    rule: { kind: reason, ...(rule ? { methods: rule.methods, path: rule.path } : {}) },
    ...(smallestScope ? { smallest_scope: smallestScope } : {}),
    ...(smallestResource ? { smallest_resource: smallestResource } : {}),
    ...(reason.startsWith("resource_") ? { bound: authority.bounds?.resources } : {}),
  };
  const held = isSeparate(authority) ? allOf(authority) : heldScopes(authority.connector, authority.granted);
  const lendable = smallestScopes(authority.connector, held, call);
  const scopes = lendable ?? smallestScopes(authority.connector, allOf(authority), call);
  const next = nextStep(entry, scopes, lendable !== null, placeOf(decision));
  const refusal = new Refusal("not_allowed", sentence, { reason, next, facts });
  if (!scopes || !use.row.agentId) return teach(refusal, null);
  const { accountConnectionId: connectionId } = authority;
  const smallest = smallestGrant(core, authority.connector, { agentId: use.row.agentId, connectionId, scopes, bounds });
  return teach(refusal, smallest, lendable ? {} : { fix: `/connections/${connectionId}` });
}

/** Reasons of calls that reach more than single things: no grant that is kept to some would open them. */
const BEYOND_ONE = new Set<Denied["reason"]>(["resource_unnamed", "resource_beyond"]);

function withoutResources(bounds: Bounds | null): Bounds | null {
  const { resources: _dropped, ...limits } = bounds ?? {};
  return Object.keys(limits).length > 0 ? limits : null;
}

function placeOf({ reason, smallestResource }: Denied): string {
  if (smallestResource !== undefined) return " for it";
  return BEYOND_ONE.has(reason) ? " that is not kept to single things" : "";
}

/** What a grant would be kept to that also opened this: the thing that was missing, and nothing else of its kind. */
function widened(bounds: Bounds | null, missing: string | undefined): Bounds | null {
  if (missing === undefined) return bounds;
  const colon = missing.indexOf(":");
  return { ...bounds, resources: { ...bounds?.resources, [missing.slice(0, colon)]: [missing.slice(colon + 1)] } };
}

/** A consent of one grant holds no more than the grant; its account may, and the form tells if not. */
function isSeparate({ connectionId, accountConnectionId }: Authority): boolean {
  return connectionId !== accountConnectionId;
}

function allOf({ connector }: Authority): string[] {
  return connector.scopes.filter((scope) => !scope.protocol).map((scope) => scope.name);
}

function nextStep({ authority, scopes: carried }: Entry, needed: readonly string[] | null, lendable: boolean, place: string): string {
  const { connector, personName, scopes } = authority;
  if (!needed) return "Use what this grant opens: see /api/v1/agent/access.";
  const words = describeScopes(connector, needed)
    .map(({ name, label }) => `"${label}" (${name})`)
    .join(" and ");
  const lent = withContained(connector, scopes);
  if (place !== "") return `Ask ${personName} for a grant with ${words}${place}, if you need it.`;
  const inGrant = needed.every((name) => lent.includes(name)) && !needed.every((name) => carried.includes(name));
  if (inGrant) return `The grant has ${words}, this token does not: exchange it again without scope, or with that one.`;
  if (!lendable) return `Ask ${personName} to connect the account again with ${words}, and for a grant of that, if you need it.`;
  return `Ask ${personName} for a grant with ${words}, if you need it.`;
}

/** For what was refused before any rule could be asked (an address in two readings, a method nobody knows): no grant would do. */
export function refusedUnread(error: unknown): unknown {
  const unread = isRefusal(error) && error.code === "not_allowed" && error.facts === undefined;
  return unread ? teach(error, null, { facts: { rule: { kind: error.reason } } }) : error;
}

/** An exchange for scopes beyond the grant: which of them could be lent, and where. Unknown names stay out. */
export function refusedScopes(core: Core, use: Use, authority: Authority, asked: readonly string[], refusal: Refusal): Refusal {
  const { connector, accountConnectionId: connectionId, grantId } = authority;
  if (!grantId || !use.row.agentId || refusal.code !== "invalid_scope") return refusal;
  if (refusal.reason === "scope_beyond_connection") return teach(refusal, null, { fix: `/connections/${connectionId}` });
  const known = asked.filter((name) => findScope(connector, name) && !findScope(connector, name)?.protocol);
  return teach(refusal, smallestGrant(core, connector, { agentId: use.row.agentId, connectionId, scopes: known }));
}
