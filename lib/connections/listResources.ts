import { z } from "zod";
import { change } from "../activity/change";
import type { ResourceKind } from "../connectors/beyondScopes";
import { withinCeiling } from "../connectors/ceiling";
import type { Connector } from "../connectors/connector";
import { hasWords } from "../connectors/hasWords";
import { type Listing, listableWith, type Resource } from "../connectors/listing";
import { heldScopes } from "../connectors/scopes";
import type { PersonCtx } from "../ctx";
import { isRefusal, Refusal } from "../errors";
import type { Connection } from "../generated/prisma/client";
import { accountConnector, readAllowed } from "../setups/client";
import { askListing, type ListingQuestion, type NoPage } from "./askListing";
import { causeOf, connectorOf, findOwnAccount } from "./ownAccount";
import { accountAccess } from "./refresh";
import { targetOf } from "./separate";

const PAGES_MAX = 3;
/** No page is begun after this; each has its own deadline. */
const BEGUN_WITHIN_MS = 10_000;

export const listResourcesInput = z.strictObject({
  connectionId: z.string().max(60),
  /** Id of the connector's resource kind. */
  kind: z.string().max(40),
  /** Only what has this in its name. */
  text: z.string().trim().max(100).optional(),
  /** `next` of the answer before, for the same kind and text. */
  cursor: z.string().min(1).max(500).optional(),
});

export interface ListedResources {
  readonly outcome: "ok" | "failed";
  readonly reason: string;
  /** Says it to the person, with what to do where it failed. */
  readonly sentence: string;
  readonly resources: readonly Resource[];
  /** Asks for what comes after; null when that was all. */
  readonly next: string | null;
  /** The page where it is put right; null where there is nothing to do there. */
  readonly fix: string | null;
}

/**
 * Shows a person what there is in their account, so that they can choose what to lend: asks the SaaS with the account's own access, renewed
 * where it has to be. At most three pages at once. Its person alone; the row says how many were found, and never which.
 *
 * Refuses `not_found`; `invalid_request` (`resource_kind_unknown`, `resource_kind_not_listed`) for a kind that can only be written;
 * `too_many_requests` after twenty calls in a minute. Whatever the SaaS does is a result and no refusal.
 */
export async function listResources(ctx: PersonCtx, input: z.output<typeof listResourcesInput>): Promise<ListedResources> {
  const connection = await findOwnAccount(ctx, input.connectionId);
  const known = accountConnector(ctx, connection);
  const kind = listedKind(known, input.kind);
  await ctx.limits.take("resource_list", connection.id);
  const listed = await tryToList(ctx, connection, kind, input);
  await change(ctx, "connection.list_resources", async (_tx, row) => {
    row.target = targetOf(known.name, connection);
    row.connector = connection.connector;
    row.connectionId = connection.id;
    row.reason = listed.reason;
    row.reasonText = listed.sentence;
    row.detail = { kind: kind.id, found: listed.resources.length };
  });
  return listed;
}

type ListedKind = ResourceKind & { readonly listing: Listing };

function listedKind(connector: Connector, id: string): ListedKind {
  const kind = connector.resources?.find((one) => one.id === id);
  if (kind?.listing) return { ...kind, listing: kind.listing };
  const note = listableWith(connector, undefined, []).note ?? "";
  const message = kind ? note : `Valet knows no things of this kind at ${connector.name}.`;
  const reason = kind ? "resource_kind_not_listed" : "resource_kind_unknown";
  throw new Refusal("invalid_request", message, { reason, fields: { kind: message } });
}

async function tryToList(
  ctx: PersonCtx,
  connection: Connection,
  kind: ListedKind,
  { text = "", cursor = null }: { text?: string | undefined; cursor?: string | null | undefined },
): Promise<ListedResources> {
  try {
    const connector = await connectorOf(ctx, connection);
    const held = await heldNow(ctx, connector, connection);
    const { state, note } = listableWith(connector, kind.listing, held);
    if (note !== null) return failed(connection, state, note, true);
    return await walk(ctx, connection, { connector, kind, held, text, cursor });
  } catch (error) {
    if (isRefusal(error)) return failed(connection, error.reason, await causeOf(ctx, connection, error.message), true);
    throw error;
  }
}

/** Within the admin's ceiling: what nobody may use is not used here. */
async function heldNow(ctx: PersonCtx, connector: Connector, { providerScopes }: Connection): Promise<string[]> {
  const { ceiling } = await readAllowed(ctx, connector.id);
  return withinCeiling(connector, ceiling, heldScopes(connector, providerScopes));
}

/** Page after page, in bounds. What was found stays found when a later page does not come: `next` asks for that one again. */
async function walk(ctx: PersonCtx, connection: Connection, first: ListingQuestion): Promise<ListedResources> {
  const ask = asPerson(ctx, connection);
  const begun = ctx.clock.now().getTime();
  const found = new Map<string, Resource>();
  let next = first.cursor;
  for (let page = 0; page < PAGES_MAX && ctx.clock.now().getTime() - begun < BEGUN_WITHIN_MS; page += 1) {
    const answer = await ask({ ...first, cursor: next });
    if (typeof answer === "string") {
      if (page === 0) return failed(connection, REASONS[answer], sentenceOf(first, answer), answer === "ended" || answer === "scope");
      break;
    }
    for (const one of answer.resources.filter((resource) => fits(first, resource))) found.set(one.id, one);
    next = answer.next;
    if (next === null) break;
  }
  return listed([...found.values()], next);
}

function listed(resources: readonly Resource[], next: string | null): ListedResources {
  const sentence = `${resources.length} found${next === null ? "" : ", and there are more"}.`;
  return { outcome: "ok", reason: "resources_listed", sentence, resources, next, fix: null };
}

/** With the account's access; where the SaaS does not take it any more it is renewed once, as a use would. */
function asPerson(ctx: PersonCtx, { id }: Connection): (question: ListingQuestion) => ReturnType<typeof askListing> {
  let rejected: string | undefined;
  return async (question) => {
    const { accessToken } = await accountAccess(ctx, id);
    const answer = await askListing(ctx, question, accessToken);
    if (answer !== "ended" || rejected !== undefined) return answer;
    rejected = accessToken;
    return askListing(ctx, question, (await accountAccess(ctx, id, { rejected })).accessToken);
  };
}

/** A SaaS that looks by itself is believed; otherwise the words have to stand in what is shown or in what is kept. */
function fits({ kind, text }: ListingQuestion, resource: Resource): boolean {
  return kind.listing.search !== undefined || hasWords(resource, text);
}

const REASONS: Record<NoPage, string> = {
  ended: "provider_rejected",
  scope: "provider_forbade",
  wait: "provider_busy",
  away: "provider_unreachable",
  odd: "provider_odd",
};

function sentenceOf({ connector: { name } }: ListingQuestion, why: NoPage): string {
  switch (why) {
    case "ended":
      return `${name} does not take this account's access any more. Reconnect it, or write the names yourself.`;
    case "scope":
      return `${name} does not let this account list them. Reconnect it with more permissions, or write the names yourself.`;
    case "wait":
      return `${name} asks to wait: it was called too often. Try again in a few minutes, or write the names yourself.`;
    case "away":
      return `${name} did not answer in time. Try again in a few minutes, or write the names yourself.`;
    case "odd":
      return `${name} answered with something that is no list. Try again later, or write the names yourself.`;
  }
}

function failed({ id }: Connection, reason: string, sentence: string, atConnection: boolean): ListedResources {
  return { outcome: "failed", reason, sentence, resources: [], next: null, fix: atConnection ? `/connections/${id}` : null };
}
