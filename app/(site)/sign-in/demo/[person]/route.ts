import type { NextRequest } from "next/server";
import { getCore } from "@/app/_server/core";
import { startSession } from "@/app/_server/session";
import { signInDemo } from "@/app/_server/signInDemo";
import { isRefusal } from "@/lib/errors";

interface Where {
  readonly params: Promise<{ person: string }>;
}

/**
 * The link that the demo prints: signs one of its people in by opening it. A page elsewhere cannot send a browser here
 * (`Sec-Fetch-Site`), and outside the demo there is nobody to be entered so.
 */
export async function GET(request: NextRequest, { params }: Where): Promise<Response> {
  const core = await getCore();
  if (!core.settings.demo) return new Response(null, { status: 404 });
  const from = request.headers.get("sec-fetch-site") ?? "none";
  if (from !== "none" && from !== "same-origin") return leadTo("/sign-in");
  try {
    await startSession(core, await signInDemo(core, `${(await params).person}@demo.test`));
    return leadTo("/");
  } catch (error) {
    if (isRefusal(error)) return leadTo("/sign-in");
    throw error;
  }
}

function leadTo(location: string): Response {
  return new Response(null, { status: 303, headers: { location, "cache-control": "no-store" } });
}
