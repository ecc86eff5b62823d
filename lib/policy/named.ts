import type { ResourceKind, ResourcePlace } from "../connectors/beyondScopes";
import type { Connector, ConnectorScope } from "../connectors/connector";
import type { Call } from "./call";
import { readParameter, UNCLEAR } from "./parameter";
import { matchPath } from "./path";
import { coversMethod } from "./ruleIndex";

/** What a call says it is about, by one kind. `unclear`: it says so in a way that cannot be told for sure. */
export interface Named {
  readonly names: readonly string[];
  readonly unclear: boolean;
  /** It names one and reaches further than that. */
  readonly beyond: boolean;
}

/** Every resource of a kind that a call names, at every place where it could. `path` in the spelling of `readPath`. */
export function namedBy(kind: ResourceKind, call: Call): Named {
  const found = kind.named.flatMap((place) => readPlace(place, call));
  const names = found.filter((one) => typeof one === "string" && kind.pattern.test(one)) as string[];
  const beyond = (kind.beyond ?? []).some((rule) => coversMethod(rule.methods, call.method) && matchPath(rule.path, call.path));
  return { names: [...new Set(names)], unclear: names.length < found.length, beyond };
}

/** Whether a name is among those allowed, as the SaaS compares them. */
export function isAmong(kind: ResourceKind, name: string, allowed: readonly string[]): boolean {
  return allowed.some((one) => sameKey(kind, one) === sameKey(kind, name));
}

/** Two spellings with the same key are one thing. */
export function sameKey({ caseless }: Pick<ResourceKind, "caseless">, name: string): string {
  return caseless ? name.toLowerCase() : name;
}

/** Whether what a call of this path says in its query or body decides if it is within a grant. */
export function isNamedByParameter(kind: ResourceKind, path: string): boolean {
  return kind.named.some((place) => place.parameter !== undefined && matchPath(globOf(place.path), path));
}

/** The template of a place without its captures. */
export function globOf(template: string): string {
  return template.replace(/\{([^/{}]*)\}/g, (_, shape: string) => shape || "*");
}

type Found = string | typeof UNCLEAR;

function readPlace({ path, parameter, read }: ResourcePlace, call: Call): Found[] {
  if (!matchPath(globOf(path), call.path)) return [];
  const text = parameter === undefined ? captured(path, call.path) : readParameter(call, parameter);
  if (text === null) return [];
  if (text === UNCLEAR || !read) return [text];
  return [read(text) ?? UNCLEAR];
}

function captured(template: string, path: string): Found {
  const given = path.split("/");
  const segments = template.split("/").flatMap((segment, index) => (segment.startsWith("{") ? [given[index] ?? ""] : []));
  try {
    return segments.map(decodeURIComponent).join("/");
  } catch {
    return UNCLEAR;
  }
}

/** The kinds of a connector that govern one of these scopes, so that they can be offered as a bound. */
export function kindsFor({ resources }: Pick<Connector, "resources">, scopes: readonly ConnectorScope["name"][]): ResourceKind[] {
  return (resources ?? []).filter(({ governs }) => governs.some((name) => scopes.includes(name)));
}
