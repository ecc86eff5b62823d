import type { ResourceKind } from "./beyondScopes";
import type { Listing, NextPage, Resource } from "./listing";

const LABEL_LENGTH_MAX = 200;
const CURSOR_LENGTH_MAX = 500;
/** A relative link is read as well; nobody ever goes there. */
const HERE = "https://links.invalid";

/** One page of a list: what can be named in a bound, and what asks for the page after it. */
export interface ListedPage {
  readonly resources: readonly Resource[];
  /** Null: this was the last. */
  readonly next: string | null;
}

/** What a page is asked for with: the path and query below the API's base. Pure. */
export function listingPath(
  { path, query, byScope, search, next }: Listing,
  asked: { readonly held: readonly string[]; readonly text: string; readonly cursor: string | null },
): string {
  const parameters = new URLSearchParams(query);
  if (byScope) parameters.set(byScope.parameter, valuesOf(byScope.values, asked.held).join(","));
  if (search && asked.text !== "") parameters.set(search.parameter, search.phrase?.(asked.text) ?? asked.text);
  if (asked.cursor !== null) parameters.set(next.parameter, asked.cursor);
  return parameters.size > 0 ? `${path}?${parameters}` : path;
}

function valuesOf(values: Readonly<Record<string, string>>, held: readonly string[]): string[] {
  return Object.entries(values).flatMap(([scope, value]) => (held.includes(scope) ? [value] : []));
}

/**
 * A page out of an answer; null when it is not the list that it should be. What could not be named in a bound, by its shape, is left out.
 */
export function readListing(
  { listing, pattern }: Pick<ResourceKind, "pattern"> & { readonly listing: Listing },
  answer: { readonly body: unknown; readonly link: string | null; readonly cursor: string | null },
): ListedPage | null {
  const items = memberOf(answer.body, listing.items);
  if (!Array.isArray(items)) return null;
  const resources = items.flatMap((item) => {
    const id = filled(listing.id, item);
    if (id === null || !pattern.test(id)) return [];
    return [{ id, label: printable(filled(listing.label, item) ?? "") || id }];
  });
  const next = nextOf(listing.next, answer, items.length);
  // A page that leads to itself would never end.
  return { resources, next: next === answer.cursor || (next?.length ?? 0) > CURSOR_LENGTH_MAX ? null : next };
}

function nextOf(next: NextPage, { body, link, cursor }: { body: unknown; link: string | null; cursor: string | null }, shown: number) {
  switch (next.how) {
    case "link":
      return nextInLink(link ?? "", next.parameter);
    case "cursor":
      return textOf(memberOf(body, next.member)) || null;
    case "offset":
      return memberOf(body, next.last) === false && shown > 0 ? String(Number(cursor ?? 0) + shown) : null;
  }
}

function nextInLink(link: string, parameter: string): string | null {
  const next = /<([^<>]{1,4000})>((?:\s*;\s*[a-z]+="?[^",;<>]*"?)*)/gi;
  for (const [, target = "", attributes = ""] of link.matchAll(next)) {
    if (!/;\s*rel="?next"?(?:\s*;|\s*$)/i.test(attributes) || /;\s*results="false"/i.test(attributes)) continue;
    return URL.canParse(target, HERE) ? new URL(target, HERE).searchParams.get(parameter) || null : null;
  }
  return null;
}

/** A template with its members filled in; null when one of them is not there. */
function filled(template: string, item: unknown): string | null {
  let whole = true;
  const text = template.replace(/\{([^{}]+)\}/g, (_, member: string) => {
    const value = textOf(memberOf(item, member));
    whole &&= value !== "";
    return value;
  });
  return whole ? text : null;
}

function memberOf(value: unknown, path: string): unknown {
  if (path === "") return value;
  return path.split(".").reduce<unknown>((at, name) => {
    const holds = typeof at === "object" && at !== null && Object.hasOwn(at, name);
    return holds ? (at as Record<string, unknown>)[name] : undefined;
  }, value);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : Number.isSafeInteger(value) ? String(value) : "";
}

/** On one line, without what turns text around or hides it. */
function printable(text: string): string {
  return text
    .replace(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ")
    .trim()
    .slice(0, LABEL_LENGTH_MAX);
}
