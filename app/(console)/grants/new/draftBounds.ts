type Value = string | string[] | undefined;
export type BoundsSearch = Readonly<Record<string, Value>>;

/** What a draft keeps the grant to, as its address spells it. */
export interface DraftBounds {
  /** As `kind:name`. */
  readonly resources: readonly string[];
  /** As typed: a number that is none is told to the person, and never left out. */
  readonly callsPerHour: string;
  readonly writesPerRun: string;
}

export const NO_BOUNDS: DraftBounds = { resources: [], callsPerHour: "", writesPerRun: "" };
const RESOURCES_MAX = 200;

/** The name of the text field for a kind: one thing per line, or with commas. */
export function fieldOf(kind: string): string {
  return `only_${kind}`;
}

/** From `resource=kind:name`, as links spell it, and from the form's own fields. */
export function readDraftBounds(search: BoundsSearch): DraftBounds {
  const typed = Object.entries(search).flatMap(([field, value]) => (field.startsWith("only_") ? namesIn(field.slice(5), value) : []));
  const resources = [...new Set([...all(search.resource), ...typed])].slice(0, RESOURCES_MAX);
  return { resources, callsPerHour: one(search.callsPerHour), writesPerRun: one(search.writesPerRun) };
}

/** Those of one kind, a line each, for its text field. */
export function namesOfKind({ resources }: DraftBounds, kind: string): string {
  return resources.flatMap((one) => (one.startsWith(`${kind}:`) ? [one.slice(kind.length + 1)] : [])).join("\n");
}

/** As minting takes them; undefined when nothing is bounded. Anything odd goes along, so that it is refused and not passed over. */
export function boundsOf({ resources, callsPerHour, writesPerRun }: DraftBounds) {
  const byKind: Record<string, string[]> = {};
  for (const resource of resources) {
    const at = resource.indexOf(":");
    const kind = resource.slice(0, Math.max(0, at));
    byKind[kind] = [...(byKind[kind] ?? []), resource.slice(at + 1)];
  }
  const bounds = {
    ...(resources.length > 0 ? { resources: byKind } : {}),
    ...(callsPerHour === "" ? {} : { callsPerHour: Number(callsPerHour) }),
    ...(writesPerRun === "" ? {} : { writesPerRun: Number(writesPerRun) }),
  };
  return Object.keys(bounds).length > 0 ? bounds : undefined;
}

export function addBounds(query: URLSearchParams, { resources, callsPerHour, writesPerRun }: DraftBounds): void {
  for (const resource of resources) query.append("resource", resource);
  if (callsPerHour) query.set("callsPerHour", callsPerHour);
  if (writesPerRun) query.set("writesPerRun", writesPerRun);
}

function namesIn(kind: string, value: Value): string[] {
  const names = all(value).flatMap((text) => text.split(/[\s,]+/));
  return names.filter((name) => name !== "").map((name) => `${kind}:${name}`);
}

function all(value: Value): string[] {
  return value === undefined ? [] : [value].flat();
}

function one(value: Value): string {
  return typeof value === "string" ? value.trim() : "";
}
