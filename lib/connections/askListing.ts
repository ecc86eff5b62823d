import { apiUrl } from "../connectors/apiUrl";
import type { ResourceKind } from "../connectors/beyondScopes";
import type { Connector } from "../connectors/connector";
import type { Listing } from "../connectors/listing";
import { type ListedPage, listingPath, readListing } from "../connectors/readListing";
import { tokenHeaders } from "../connectors/tokenHeaders";
import type { Core } from "../ctx";
import { endedBy } from "../net/boundedAnswers";
import { askSaas } from "./askSaas";

/** A hundred repositories of GitHub are some seven hundred kilobytes. */
const PAGE_BYTES_MAX = 4 * 1024 * 1024;

export interface ListingQuestion {
  readonly connector: Connector;
  readonly kind: ResourceKind & { readonly listing: Listing };
  /** Scopes that the account has. */
  readonly held: readonly string[];
  readonly text: string;
  readonly cursor: string | null;
}

/** Why a page did not come. `ended`: the SaaS does not take this access, which may be renewed. */
export type NoPage = "ended" | "scope" | "wait" | "away" | "odd";

/** Asks the SaaS for one page, and judges the answer by its body as well. */
export async function askListing(core: Core, question: ListingQuestion, accessToken: string): Promise<ListedPage | NoPage> {
  const { connector, kind } = question;
  const url = apiUrl(connector, slashed(connector, listingPath(kind.listing, question)));
  const headers = { ...tokenHeaders(connector, accessToken), accept: "application/json" };
  try {
    const answer = await askSaas(core, connector, url.href, { method: "GET", headers }, PAGE_BYTES_MAX);
    return await judge(question, answer);
  } catch (error) {
    return endedBy(error) ? "odd" : "away";
  }
}

async function judge({ kind, cursor }: ListingQuestion, answer: Response): Promise<ListedPage | NoPage> {
  if (answer.status === 401) return "ended";
  // GitHub says so with a 403, and that nothing is left.
  if (answer.status === 429 || (answer.status === 403 && answer.headers.get("x-ratelimit-remaining") === "0")) return "wait";
  if (answer.status === 403) return "scope";
  if (!answer.ok) return answer.status >= 500 ? "away" : "odd";
  return read(kind, cursor, answer);
}

async function read(kind: ListingQuestion["kind"], cursor: string | null, answer: Response): Promise<ListedPage | NoPage> {
  const body: unknown = await answer.json().catch(() => null);
  return refusalIn(kind.listing, body) ?? readListing(kind, { body, link: answer.headers.get("link"), cursor }) ?? "odd";
}

/** What a SaaS says with a 200: nothing but `ok: true` is a yes. */
function refusalIn({ refusals }: Listing, body: unknown): NoPage | null {
  if (!refusals) return null;
  const { ok, error } = (body ?? {}) as { ok?: unknown; error?: unknown };
  if (ok === true) return null;
  const known = (["ended", "scope", "wait"] as const).find((why) => refusals[why].some((code) => code === error));
  return known ?? "odd";
}

function slashed({ api }: Connector, path: string): string {
  return api.trailingSlash ? path.replace(/^[^?]*/, (plain) => `${plain}/`) : path;
}
