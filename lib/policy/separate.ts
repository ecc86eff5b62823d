import type { Connector } from "../connectors/connector";
import { accessOf, providerScopes } from "../connectors/scopes";
import { strongestWay } from "./compile";

/** A smaller consent that a person can give for one grant alone. */
export interface SeparateConsent {
  /** Which of our clients to give it to: the one people connect with, or the second one that only reads. */
  readonly registration: "main" | "read_only";
  /** What is lent: what was asked, and what the SaaS wants with every consent to say whose account it is. */
  readonly scopes: readonly string[];
  /** What the SaaS is asked for, with what the protocol needs. */
  readonly requested: readonly string[];
}

/**
 * The separate consent by which the SaaS itself would hold an agent to this. Pure.
 *
 * Null where the SaaS already does, where Valet alone knows one of the scopes, and where a second consent would merge with
 * the first, widen it or end it: through the same client only where the connector says that it works, and through the
 * read-only one only for what reads.
 */
export function separateConsent(
  connector: Connector,
  heldByProvider: readonly string[],
  asked: readonly string[],
  readRegistration: boolean,
): SeparateConsent | null {
  if (strongestWay(connector, heldByProvider, asked) !== "gateway") return null;
  const scopes = named(connector, (scope) => !scope.protocol && (asked.includes(scope.name) || scope.always === true));
  if (providerScopes(connector, asked) === null || scopes.length === 0) return null;
  const registration = registrationFor(connector, scopes, readRegistration);
  if (!registration) return null;
  return { registration, scopes, requested: named(connector, (scope) => scope.protocol === true || scopes.includes(scope.name)) };
}

function registrationFor(connector: Connector, scopes: readonly string[], readRegistration: boolean): "main" | "read_only" | null {
  const reads = accessOf(connector, scopes) === "read";
  if (reads && readRegistration && connector.readRegistration === "works") return "read_only";
  return connector.separateConsent === "works" ? "main" : null;
}

function named(connector: Connector, wanted: (scope: Connector["scopes"][number]) => boolean): string[] {
  return connector.scopes.filter(wanted).map((scope) => scope.name);
}
