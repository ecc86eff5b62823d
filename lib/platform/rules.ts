import { Refusal } from "../errors";

export const RESOURCE_CHARACTERS_MAX = 500;
export const RESOURCE_NAME_CHARACTERS_MAX = 60;
export const SCOPES_MAX = 50;

/** RFC 6749 section 3.3, and short enough to be read. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/;
const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:[\x21\x24-\x7e]+$/;

/**
 * The address of a service, byte for byte as tokens will name it: an absolute URI without a fragment (RFC 8707 section 2). None of Valet's
 * own: a token for a service must never open a part of Valet.
 *
 * @throws Refusal `invalid_request`.
 */
export function readResource(text: string, issuer: string): string {
  if (text.length > RESOURCE_CHARACTERS_MAX || !ABSOLUTE.test(text) || !URL.canParse(text))
    throw badResource("Give an absolute address without a fragment, such as https://deploy.example.com.");
  if (new URL(text).origin === new URL(issuer).origin) throw badResource("That is an address of this Valet. Give the service's own.");
  return text;
}

function badResource(sentence: string): Refusal {
  return new Refusal("invalid_request", sentence, { reason: "resource_malformed", fields: { resource: sentence } });
}

/** Names of scopes, without doubles. @throws Refusal `invalid_request`. */
export function readScopes(names: readonly string[]): string[] {
  const scopes = [...new Set(names)];
  if (scopes.length <= SCOPES_MAX && scopes.every((scope) => SCOPE.test(scope))) return scopes;
  const sentence = `Give at most ${SCOPES_MAX} scopes, each a word without spaces or quotes.`;
  throw new Refusal("invalid_request", sentence, { reason: "scope_malformed", fields: { scopes: sentence } });
}

/** What is given is within what the service has, and something where it has anything. @throws Refusal `invalid_scope`. */
export function readGiven(known: readonly string[], asked: readonly string[]): string[] {
  const beyond = asked.some((scope) => !known.includes(scope));
  if (!beyond && (asked.length > 0 || known.length === 0)) return known.filter((scope) => asked.includes(scope));
  const sentence = `Choose from the scopes of this service: ${known.join(" ") || "it has none"}.`;
  throw new Refusal("invalid_scope", sentence, { reason: beyond ? "scope_unknown" : "scope_missing", fields: { scopes: sentence } });
}

/** What an agent was given, as it was read. */
export interface GivenAccess {
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

export type OwnState = "live" | "ended" | "revoked";

export function stateOf({ expiresAt, revokedAt }: GivenAccess, now: Date): OwnState {
  if (revokedAt) return "revoked";
  return expiresAt && expiresAt <= now ? "ended" : "live";
}
