import { setTimeout as pause } from "node:timers/promises";
import { findPerson } from "@/app/_server/person";
import { logBug } from "@/app/_server/request";
import { readFilter } from "@/lib/activity/address";
import { followActivity } from "@/lib/activity/follow";

const LOOK_MS = 1_000;
/** A stream ends by itself and is opened again: whoever may no longer read is not let in then. */
const STREAM_MS = 60_000;

/** Server-sent events: one for each lot of new rows that fit the filters. It says how many, and the page reads them itself. */
export async function GET(request: Request): Promise<Response> {
  const ctx = await findPerson();
  if (!ctx) return new Response("Sign in first.", { status: 401 });
  const search = Object.fromEntries(new URL(request.url).searchParams);
  const {
    cursor: _page,
    from: _from,
    to: _to,
    ...filter
  } = readFilter(search, { mayAskEveryone: ctx.actor.role !== "member", now: ctx.clock.now() }).asked;
  const gone = new AbortController();
  request.signal.addEventListener("abort", () => gone.abort());
  const ends = Date.now() + STREAM_MS;
  const wait = () =>
    pause(LOOK_MS, Date.now() < ends, { signal: gone.signal }).catch((error: unknown) => {
      if (gone.signal.aborted) return false;
      throw error;
    });
  const lots = await followActivity(ctx, filter, wait);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode("retry: 1000\n\n")),
    async pull(controller) {
      try {
        const { done, value } = await lots.next();
        // Who is gone has closed it.
        if (gone.signal.aborted) return;
        if (done) controller.close();
        else controller.enqueue(encoder.encode(`event: rows\ndata: ${value.length}\n\n`));
      } catch (error) {
        if (gone.signal.aborted) return;
        await logBug("live.failed", error);
        controller.close();
      }
    },
    cancel: () => gone.abort(),
  });
  return new Response(body, {
    headers: { "content-type": "text/event-stream", "cache-control": "no-store, no-transform", "x-accel-buffering": "no" },
  });
}
