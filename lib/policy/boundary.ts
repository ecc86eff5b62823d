import type { Connector } from "../connectors/connector";
import type { Bounds } from "./bounds";

/** A token that the SaaS is to keep to single resources, as it is asked for. */
export interface BoundaryWish {
  /** As `kind:name`. */
  readonly resources: readonly string[];
  readonly url: string;
  readonly rules: readonly { readonly availableResource: string; readonly availablePermissions: readonly string[] }[];
}

/** Why none can be asked for: the account's token has not the scope, the SaaS keeps none to so many, or none to these scopes. */
export type NoBoundary = "boundary_without_source" | "boundary_too_many" | "boundary_without_role";

/**
 * What to ask the SaaS for, so that the gateway's token works with nothing but what the grant is kept to; null where the SaaS
 * makes no such token or the grant is not kept to its kind. Pure.
 *
 * @param granted what the SaaS granted to the account, by its names.
 */
export function compileBoundary(
  { tokens: { narrowing } }: Pick<Connector, "tokens">,
  granted: readonly string[],
  scopes: readonly string[],
  bounds: Bounds | null,
): BoundaryWish | NoBoundary | null {
  const boundary = narrowing.how === "refresh_scope" ? narrowing.boundary : undefined;
  const names = boundary && bounds?.resources?.[boundary.kind];
  if (!boundary || !names) return null;
  if (!granted.includes(boundary.source)) return "boundary_without_source";
  if (names.length > boundary.resourcesMax) return "boundary_too_many";
  const { kind, url, resource, permissions } = boundary;
  if (scopes.length === 0 || !scopes.every((name) => Object.hasOwn(permissions, name))) return "boundary_without_role";
  const availablePermissions = [...new Set(scopes.flatMap((name) => permissions[name] ?? []))];
  const rules = names.map((name) => ({ availableResource: resource.replace("{}", () => name), availablePermissions }));
  return { resources: names.map((name) => `${kind}:${name}`), url, rules };
}
