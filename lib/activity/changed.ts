/** One thing that a change changed, in words as they were at that moment. Null: there was, or is, nothing. */
export interface Changed {
  readonly what: string;
  readonly before: string | null;
  readonly after: string | null;
}

type Entry = readonly [what: string, before: Words, after: Words];
type Words = string | boolean | readonly string[] | null | undefined;

/** For the `detail` of a change's row: what of all this really differs. Never a secret: of one it is said that it was replaced. */
export function changed(...all: readonly Entry[]): { changed: { [Name in keyof Changed]: Changed[Name] }[] } {
  const told = all.map(([what, before, after]) => ({ what, before: inWords(before), after: inWords(after) }));
  return { changed: told.filter(({ before, after }) => before !== after) };
}

/** What a change's row keeps of before and after; of some events it is `from` and `to`. */
export function changedIn({ event, detail }: { readonly event: string; readonly detail: unknown }): readonly Changed[] {
  if (!isRecord(detail)) return [];
  if (Array.isArray(detail.changed)) return detail.changed.filter(isChanged);
  const what = FROM_AND_TO[event];
  const [from, to] = [detail.from, detail.to];
  return what && isWords(from) && isWords(to) ? changed([what, from, to]).changed : [];
}

const FROM_AND_TO: Readonly<Record<string, string>> = {
  "person.set_role": "Role",
  "agent.set_resolution": "Order",
  "grant.narrow": "Permissions",
  "grant.extend": "Ends",
};

function inWords(words: Words): string | null {
  if (words === null || words === undefined) return null;
  if (typeof words === "boolean") return words ? "yes" : "no";
  return (typeof words === "string" ? words : words.join(", ")) || null;
}

function isWords(value: unknown): value is string | readonly string[] {
  return typeof value === "string" || (Array.isArray(value) && value.every((one) => typeof one === "string"));
}

function isChanged(value: unknown): value is Changed {
  if (!isRecord(value) || typeof value.what !== "string") return false;
  return [value.before, value.after].every((one) => one === null || typeof one === "string");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
