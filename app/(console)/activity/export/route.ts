import { fileAnswer } from "@/app/_server/fileAnswer";
import { readFilter } from "@/lib/activity/address";
import { findExport } from "@/lib/wire/exports";

/** The rows of the page as a file, however many there are. */
export async function GET(request: Request): Promise<Response> {
  return await fileAnswer((ctx) => {
    const search = Object.fromEntries(new URL(request.url).searchParams);
    const { cursor: _page, ...asked } = readFilter(search, { mayAskEveryone: ctx.actor.role !== "member", now: ctx.clock.now() }).asked;
    return findExport("activity").answer(ctx, { ...asked, format: search.format === "ndjson" ? "ndjson" : "csv" });
  });
}
