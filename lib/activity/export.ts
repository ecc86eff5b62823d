import { z } from "zod";
import type { PersonCtx } from "../ctx";
import { type ActivityView, activityFilter, listActivity } from "./list";

export const exportInput = activityFilter.omit({ cursor: true, limit: true }).extend({
  format: z.enum(["csv", "ndjson"], { error: "Choose csv or ndjson." }).default("ndjson"),
});
export type ExportInput = z.input<typeof exportInput>;

const PAGE_ROWS = 200;

/**
 * Every row that fits the filters, newest first, a page at a time: nothing is held, and a reader that stops reading stops it.
 * Sees exactly what `listActivity` shows. What is written after it began is not in it.
 */
export async function* exportActivity(ctx: PersonCtx, input: ExportInput): AsyncGenerator<readonly ActivityView[]> {
  const { format: _told, ...filter } = exportInput.parse(input);
  let cursor: string | undefined;
  do {
    const page = await listActivity(ctx, { ...filter, limit: PAGE_ROWS, ...(cursor ? { cursor } : {}) });
    yield page.rows;
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
}
