import type { Connector } from "./connector";
import { describeScopes } from "./scopes";

/**
 * How a SaaS says that there is more, and how that is asked for. One value of one parameter is all that is ever taken from its
 * answer: a link is read, and never followed.
 */
export type NextPage =
  /** The parameter as it stands in the `next` link of the Link header (RFC 8288); `results="false"` beside it means none (Sentry). */
  | { readonly how: "link"; readonly parameter: string }
  /** The member of the body that holds it; absent or empty: no more. */
  | { readonly how: "cursor"; readonly member: string; readonly parameter: string }
  /** How many were shown so far, until the member says that this was the last page. */
  | { readonly how: "offset"; readonly parameter: string; readonly last: string };

/** How the members of a resource kind are listed for their person. A GET, as an agent with one of the scopes could send it. */
export interface Listing {
  /** Any one of these is enough. Each opens the path. */
  readonly scopes: readonly string[];
  /** Below the API's base, without a query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** A further parameter: which sorts are asked for, by what the account has. */
  readonly byScope?: { readonly parameter: string; readonly values: Readonly<Record<string, string>> };
  /** Where the SaaS itself looks for a text; absent: Valet looks through what it lists. `phrase` puts the text as this SaaS takes it. */
  readonly search?: { readonly parameter: string; readonly phrase?: (text: string) => string };
  /** The list in the answer, as a path of members; empty: the answer is the list. */
  readonly items: string;
  /** With members of one item in braces, as bounds spell a resource: `{organization.slug}/{slug}`. */
  readonly id: string;
  /** The same, as a person knows it. */
  readonly label: string;
  readonly next: NextPage;
  /** For a SaaS that says no with a 200: what its `error` means, where `ok` is not true. Anything else is a fault. */
  readonly refusals?: Readonly<Record<"ended" | "scope" | "wait", readonly string[]>>;
}

/** One thing of an account: as bounds spell it, and as its person knows it. */
export interface Resource {
  readonly id: string;
  readonly label: string;
}

/** Whether a person can be shown what there is, or why they have to write it. */
export interface Listable {
  readonly state: "ready" | "scope_missing" | "not_listed";
  /** Why not, and what to do; null when it can be. */
  readonly note: string | null;
  /** The SaaS itself looks for a text. */
  readonly searched: boolean;
}

/** By the scopes that an account has within its ceiling. Pure. */
export function listableWith(connector: Connector, listing: Listing | undefined, held: readonly string[]): Listable {
  if (!listing) {
    return { state: "not_listed", note: `Valet cannot list them at ${connector.name}, so they have to be written.`, searched: false };
  }
  const searched = listing.search !== undefined;
  if (listing.scopes.some((name) => held.includes(name))) return { state: "ready", note: null, searched };
  const labels = describeScopes(connector, listing.scopes).map(({ label }) => `"${label}"`);
  const note = `To list them Valet needs ${labels.join(" or ")}, which this account did not give. Reconnect it with that, or write them.`;
  return { state: "scope_missing", note, searched };
}
