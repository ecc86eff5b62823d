import type { NextRequest } from "next/server";
import NextAuth from "next-auth";
import { authOptions } from "@/app/_server/auth";
import { getCore } from "@/app/_server/core";

/**
 * Only the way back from single sign-on is open here. Sessions start and end through our own actions, and next-auth's
 * session endpoint would lengthen a session with every call.
 */
export async function GET(request: NextRequest, context: { params: Promise<{ nextauth: string[] }> }): Promise<Response> {
  const core = await getCore();
  const path = (await context.params).nextauth.join("/");
  if (path !== "callback/oidc" || !core.settings.oidc) return new Response(null, { status: 404 });
  return NextAuth(request as never, context as never, authOptions(core));
}
