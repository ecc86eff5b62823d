import { Refusal } from "../errors";
import { ACCESS_LEVELS, type Access, type Connector, type ConnectorScope } from "./connector";

const SHOWN_CHARACTERS_MAX = 100;

export function findScope(connector: Connector, name: string): ConnectorScope | undefined {
  return connector.scopes.find((scope) => scope.name === name);
}

/** The named scopes and all that is within them, transitively, in the connector's order. Unknown names open nothing and stay out. */
export function withContained(connector: Connector, names: readonly string[]): string[] {
  const found = new Set<string>();
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const scope = findScope(connector, name);
    if (!scope || found.has(name)) continue;
    found.add(name);
    waiting.push(...(scope.contains ?? []));
  }
  return connector.scopes.filter((scope) => found.has(scope.name)).map((scope) => scope.name);
}

/**
 * All that a connection may lend: what the SaaS granted, what is within it, and what every account has.
 *
 * Without protocol scopes (nobody lends those) and without names that this connector does not know.
 */
export function heldScopes(connector: Connector, grantedByProvider: readonly string[]): string[] {
  const within = new Set(withContained(connector, [...grantedByProvider, ...wholeAccount(connector)]));
  return connector.scopes.filter((scope) => within.has(scope.name) && !scope.protocol).map((scope) => scope.name);
}

/** Virtual scopes that no other contains: about the account as a whole, so every connection holds them. */
function wholeAccount(connector: Connector): string[] {
  const contained = new Set(connector.scopes.flatMap((scope) => scope.contains ?? []));
  return connector.scopes.filter((scope) => scope.virtual && !contained.has(scope.name)).map((scope) => scope.name);
}

/**
 * What was asked, without doubles and in the order asked, once all of it is known to be held.
 *
 * `held` are names exactly: widen a grant's own scopes with `withContained` before asking for a part of them.
 * @throws Refusal `invalid_scope` (`scope_missing`, `scope_unknown`, `scope_beyond_connection` or `scope_beyond_grant`).
 */
export function narrowScopes(
  connector: Connector,
  held: readonly string[],
  asked: readonly string[],
  within: "connection" | "grant" = "connection",
): string[] {
  if (asked.length === 0) throw new Refusal("invalid_scope", "Name at least one scope.", { reason: "scope_missing" });
  const lacking = asked.find((name) => !held.includes(name));
  if (lacking === undefined) return [...new Set(asked)];
  const known = findScope(connector, lacking) !== undefined;
  const what = known ? `This ${within} does not hold "${lacking}".` : `${connector.name} has no scope "${printable(lacking)}".`;
  throw new Refusal("invalid_scope", `${what} It holds: ${held.join(", ") || "nothing"}.`, {
    reason: known ? `scope_beyond_${within}` : "scope_unknown",
    next: "Ask for scopes that are held.",
  });
}

/** Scope names are visible ASCII without quotes (RFC 6749 section 3.3); whatever else was sent is not repeated. */
function printable(name: string): string {
  return name.replace(/[^\x21\x23-\x5b\x5d-\x7e]/g, "?").slice(0, SHOWN_CHARACTERS_MAX);
}

/** The strongest access among scopes; `read` when there are none. */
export function accessOf(connector: Connector, names: readonly string[]): Access {
  const levels = withContained(connector, names).map((name) => accessRank(findScope(connector, name)));
  return ACCESS_LEVELS[Math.max(0, ...levels)] ?? "admin";
}

/** Unknown counts as the strongest. */
export function accessRank(scope: ConnectorScope | undefined): number {
  return scope ? ACCESS_LEVELS.indexOf(scope.access) : ACCESS_LEVELS.length - 1;
}

/** The names to ask the SaaS for; null when one of them exists at Valet alone, so that no token can be that narrow. */
export function providerScopes(connector: Connector, names: readonly string[]): string[] | null {
  const scopes = names.map((name) => findScope(connector, name));
  return scopes.every((scope) => scope && !scope.virtual) ? [...names] : null;
}

/**
 * The `scope` member of a token answer: text with spaces or commas, or a list. Known names in their own spelling,
 * unknown ones as they came, because a token that can more than Valet knows must not pass for a narrow one.
 * Empty when the member is absent: then what was asked holds (RFC 6749 section 5.1), and the caller says so.
 */
export function parseScopes(connector: Connector, value: unknown): string[] {
  const pieces = Array.isArray(value) ? value.filter((one) => typeof one === "string") : typeof value === "string" ? [value] : [];
  const names = pieces.flatMap((piece) => piece.split(/[\s,]+/)).filter((name) => name !== "");
  return [...new Set(names.map((name) => connector.scopes.find((scope) => scope.alsoKnownAs?.includes(name))?.name ?? name))];
}

/** A scope as it is shown to people and programs. */
export interface Permission {
  readonly name: string;
  readonly label: string;
  readonly access: Access;
  /** Only Valet's gateway can hold an agent to it. */
  readonly virtual: boolean;
}

/** The named scopes with their words, in the connector's order. Unknown names stay out. */
export function describeScopes(connector: Connector, names: readonly string[]): Permission[] {
  const named = connector.scopes.filter((scope) => names.includes(scope.name));
  return named.map(({ name, label, access, virtual }) => ({ name, label, access, virtual: virtual === true }));
}

/** The scopes as a part of a sentence: "read issues and comment on issues". Those within another of them are left out. */
export function phraseScopes(connector: Connector, names: readonly string[]): string {
  const within = new Set(names.flatMap((name) => withContained(connector, findScope(connector, name)?.contains ?? [])));
  const labels = connector.scopes.filter(({ name }) => names.includes(name) && !within.has(name)).map(({ label }) => lowerFirst(label));
  return joinWords(labels);
}

function joinWords(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? "do nothing";
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
