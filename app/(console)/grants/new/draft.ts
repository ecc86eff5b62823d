import type { Permission } from "@/app/_ui/Permissions";
import { addBounds, type BoundsSearch, type DraftBounds, readDraftBounds } from "./draftBounds";

type Value = string | string[] | undefined;

/** What the address may hold: a link can prefill the form, and the form sends itself there. */
export type Search = Partial<
  Record<"connection" | "connector" | "agent" | "template" | "scopes" | "lifetime" | "delivery" | "consent" | "pattern" | "review", Value>
> &
  BoundsSearch;

export const LIFETIMES = [
  ["1h", "1 hour"],
  ["8h", "8 hours"],
  ["7d", "7 days"],
  ["30d", "30 days"],
] as const;
export type Lifetime = (typeof LIFETIMES)[number][0];

export interface Draft {
  readonly connection: string;
  readonly agent: string;
  readonly scopes: readonly string[];
  readonly lifetime: Lifetime;
  readonly delivery: "direct" | "gateway" | undefined;
  /** Whether the grant gets a consent of its own at the service. */
  readonly consent?: "separate" | undefined;
  /** Whose authority: for admins, who may say that the account is the platform's. */
  readonly pattern?: "own" | undefined;
  readonly bounds: DraftBounds;
}

export function readDraft(search: Search): Omit<Draft, "scopes"> & { readonly scopes: readonly string[] | null; readonly review: boolean } {
  const lifetime = LIFETIMES.find(([value]) => value === search.lifetime)?.[0] ?? "8h";
  const delivery = search.delivery === "direct" || search.delivery === "gateway" ? search.delivery : undefined;
  const review = search.review === "1";
  const scopes = search.scopes === undefined ? (review && !search.template ? [] : null) : [search.scopes].flat().slice(0, 100);
  const consent = search.consent === "separate" ? "separate" : undefined;
  return {
    connection: one(search.connection),
    agent: one(search.agent),
    scopes,
    lifetime,
    delivery,
    consent,
    pattern: search.pattern === "own" ? "own" : undefined,
    review,
    bounds: readDraftBounds(search),
  };
}

/** Read-only is the default: every permission that reads, and none that does more. */
export function presetScopes(permissions: readonly Permission[]): string[] {
  return permissions.filter((permission) => permission.access === "read").map((permission) => permission.name);
}

/** The address of a draft, at either step. */
export function draftPath(draft: Draft, more: { readonly review?: boolean } = {}): string {
  const query = new URLSearchParams({ connection: draft.connection, agent: draft.agent, lifetime: draft.lifetime });
  for (const scope of draft.scopes) query.append("scopes", scope);
  addBounds(query, draft.bounds);
  if (draft.delivery) query.set("delivery", draft.delivery);
  if (draft.consent) query.set("consent", draft.consent);
  if (draft.pattern) query.set("pattern", draft.pattern);
  if (more.review) query.set("review", "1");
  return `/grants/new?${query}`;
}

function one(value: Value): string {
  return typeof value === "string" ? value : "";
}
