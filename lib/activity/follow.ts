import type { PersonCtx } from "../ctx";
import { type ActivityFilter, type ActivityView, listActivity } from "./list";

/** A row is committed a moment after the instant it names: what is younger than this may still turn up. */
const LOOK_BACK_MS = 15_000;
const PAGE_ROWS = 200;

export type FollowFilter = Omit<ActivityFilter, "cursor" | "limit" | "from" | "to">;

/**
 * Rows that fit the filters, as they are committed from the moment that this answers, each once and oldest first: whoever reads
 * the list after that misses none. Sees exactly what `listActivity` shows.
 *
 * @param wait passes the time between two looks; answers false when nobody is reading any more.
 */
export async function followActivity(
  ctx: PersonCtx,
  filter: FollowFilter,
  wait: () => Promise<boolean>,
): Promise<AsyncGenerator<readonly ActivityView[]>> {
  return since(await recent(ctx, filter), () => recent(ctx, filter), wait);
}

async function* since(
  before: readonly ActivityView[],
  look: () => Promise<ActivityView[]>,
  wait: () => Promise<boolean>,
): AsyncGenerator<readonly ActivityView[]> {
  let known = new Set(before.map(({ id }) => id));
  while (await wait()) {
    const rows = await look();
    const fresh = rows.filter(({ id }) => !known.has(id));
    known = new Set(rows.map(({ id }) => id));
    if (fresh.length > 0) yield fresh.reverse();
  }
}

async function recent(ctx: PersonCtx, filter: FollowFilter): Promise<ActivityView[]> {
  const from = new Date(ctx.clock.now().getTime() - LOOK_BACK_MS);
  const all: ActivityView[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await listActivity(ctx, { ...filter, from, limit: PAGE_ROWS, ...(cursor ? { cursor } : {}) });
    all.push(...page.rows);
    cursor = page.nextCursor;
  }
  return all;
}
