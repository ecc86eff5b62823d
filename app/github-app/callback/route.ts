import { cookies } from "next/headers";
import type { NextRequest } from "next/server";
import { getCore } from "@/app/_server/core";
import { bareHeaders } from "@/app/_server/githubApp";
import { findPerson } from "@/app/_server/person";
import { logBug } from "@/app/_server/request";
import { hostCookie } from "@/app/_server/session";
import type { PersonCtx } from "@/lib/ctx";
import { isRefusal } from "@/lib/errors";
import { completeApp } from "@/lib/setups/completeApp";

/** Where GitHub sends the browser back to once the app is made. Whatever happens, the code leaves the address. */
export async function GET(request: NextRequest): Promise<Response> {
  const { publicUrl } = (await getCore()).settings;
  const person = await findPerson();
  const to = person ? await finish(person, request.nextUrl.searchParams) : "/sign-in?error=ended";
  return new Response(null, { status: 303, headers: { ...bareHeaders(), location: publicUrl + to } });
}

async function finish(ctx: PersonCtx, query: URLSearchParams): Promise<string> {
  const browserSecret = (await cookies()).get(hostCookie(ctx, "valet-browser").name)?.value ?? "";
  try {
    const { connector } = await completeApp(ctx, { query, browserSecret });
    return `/admin/connectors?open=${connector}#${connector}`;
  } catch (error) {
    if (!isRefusal(error)) await logBug("github_app.callback_failed", error);
    return `/admin/connectors?problem=${isRefusal(error) ? encodeURIComponent(error.reason) : "server_error"}`;
  }
}
