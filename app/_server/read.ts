import "server-only";
import { notFound } from "next/navigation";
import { isRefusal } from "@/lib/errors";
import { logBug, requestId } from "./request";

/**
 * Reads for a page. Not there, not yours and not allowed are one page, so that nobody can probe; any other refusal
 * and every bug goes to the error page with a digest that names no more than a code.
 */
export async function readForPage<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isRefusal(error) && (error.code === "not_found" || error.code === "forbidden")) notFound();
    const digest = isRefusal(error) ? `${error.code} ${requestId()}` : `bug ${await logBug("page.read_failed", error)}`;
    throw Object.assign(new Error("The page could not be read."), { digest });
  }
}
