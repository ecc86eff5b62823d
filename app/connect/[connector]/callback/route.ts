import { cookies } from "next/headers";
import type { NextRequest } from "next/server";
import { getCore } from "@/app/_server/core";
import { findPerson } from "@/app/_server/person";
import { logBug } from "@/app/_server/request";
import { hostCookie } from "@/app/_server/session";
import { finishLending } from "@/lib/broker/finishLending";
import type { PersonCtx } from "@/lib/ctx";
import { isRefusal } from "@/lib/errors";

/** Where a SaaS sends the browser back to. Whatever happens, the person lands on a page of ours without the code in its address. */
export async function GET(request: NextRequest, context: { params: Promise<{ connector: string }> }): Promise<Response> {
  const { publicUrl } = (await getCore()).settings;
  const person = await findPerson();
  const { connector } = await context.params;
  const to = person
    ? await finish(person, connector, new URL(request.nextUrl.pathname + request.nextUrl.search, publicUrl))
    : "/sign-in?error=ended";
  return new Response(null, {
    status: 303,
    headers: { location: publicUrl + to, "referrer-policy": "no-referrer", "cache-control": "no-store" },
  });
}

async function finish(ctx: PersonCtx, connector: string, callbackUrl: URL): Promise<string> {
  const browserSecret = (await cookies()).get(hostCookie(ctx, "valet-browser").name)?.value ?? "";
  try {
    const finished = await finishLending(ctx, { connector, callbackUrl, browserSecret });
    if (finished.kind === "grant") return `/grants/${finished.grantId}?${finished.outcome}=1`;
    return `/connections/${finished.connectionId}?${finished.outcome}=1`;
  } catch (error) {
    if (!isRefusal(error)) await logBug("connect.callback_failed", error);
    return `/connections?problem=${isRefusal(error) ? encodeURIComponent(error.reason) : "server_error"}`;
  }
}
