import { findPerson } from "@/app/_server/person";
import { logBug } from "@/app/_server/request";
import { readFilter } from "@/lib/activity/address";
import { exportInput } from "@/lib/activity/export";
import { isRefusal } from "@/lib/errors";
import { exportAnswer } from "@/lib/wire/activityExport";

/** The rows of the page as a file, however many there are. */
export async function GET(request: Request): Promise<Response> {
  const ctx = await findPerson();
  if (!ctx) return new Response("Sign in first.", { status: 401 });
  const search = Object.fromEntries(new URL(request.url).searchParams);
  const { cursor: _page, ...asked } = readFilter(search, { mayAskEveryone: ctx.actor.role !== "member", now: ctx.clock.now() }).asked;
  const format = exportInput.shape.format.safeParse(search.format).data ?? "csv";
  try {
    return await exportAnswer(ctx, { ...asked, format });
  } catch (error) {
    if (!isRefusal(error)) await logBug("export.failed", error);
    return new Response("The rows could not be read. Go back and try again.", { status: isRefusal(error) ? 403 : 500 });
  }
}
