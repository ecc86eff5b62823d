import "server-only";
import { ZodError } from "zod";
import type { PersonCtx } from "@/lib/ctx";
import { isRefusal } from "@/lib/errors";
import { findPerson } from "./person";
import { logBug } from "./request";

/** A file for the person who is signed in. What it says instead of one is read in the browser's own words for a failed download, so it is short. */
export async function fileAnswer(read: (ctx: PersonCtx) => Promise<Response>): Promise<Response> {
  const ctx = await findPerson();
  if (!ctx) return new Response("Sign in first.", { status: 401 });
  try {
    return await read(ctx);
  } catch (error) {
    if (error instanceof ZodError)
      return new Response("The address asks for something that is not there. Go back and try again.", { status: 400 });
    if (!isRefusal(error)) await logBug("export.failed", error);
    return new Response("The rows could not be read. Go back and try again.", { status: statusOf(error) });
  }
}

function statusOf(error: unknown): number {
  if (!isRefusal(error)) return 500;
  return error.code === "not_found" ? 404 : 403;
}
