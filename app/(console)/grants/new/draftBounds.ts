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

/** The name of the choice between all of a kind and only some. */
export function whereOf(kind: string): string {
  return `where_${kind}`;
}

/** From `resource=kind:name`, as links spell it, and from the form's own fields. Only some, and none named, is `kind:`, which is refused. */
export function readDraftBounds(search: BoundsSearch): DraftBounds {
  const fields = Object.entries(search).filter(([field]) => field.startsWith("only_"));
  const typed = fields.flatMap(([field, value]) => chosenIn(field.slice(5), value, search[whereOf(field.slice(5))]));
  const resources = [...new Set([...all(search.resource), ...typed])].slice(0, RESOURCES_MAX);
  return { resources, callsPerHour: one(search.callsPerHour), writesPerRun: one(search.writesPerRun) };
}

/** Those of one kind, a line each, for its text field. */
export function namesOfKind({ resources }: DraftBounds, kind: string): string {
  return resources.flatMap((one) => (one.length > kind.length + 1 && isOfKind(one, kind) ? [one.slice(kind.length + 1)] : [])).join("\n");
}

/** Whether only some of a kind were asked for, named or not yet. */
export function isKeptTo({ resources }: DraftBounds, kind: string): boolean {
  return resources.some((one) => isOfKind(one, kind));
}

/** What was typed, apart. */
export function readNames(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter((name) => name !== ""))];
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

function chosenIn(kind: string, value: Value, where: Value): string[] {
  if (where === "all") return [];
  const names = all(value).flatMap(readNames);
  return (names.length === 0 && where === "only" ? [""] : names).map((name) => `${kind}:${name}`);
}

function isOfKind(resource: string, kind: string): boolean {
  return resource.startsWith(`${kind}:`);
}

function all(value: Value): string[] {
  return value === undefined ? [] : [value].flat();
}

function one(value: Value): string {
  return typeof value === "string" ? value.trim() : "";
}
