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
  // Where next-auth leads to when the provider is away or says no: its own page, which we do not have.
  if (path === "error") return toSignIn(core.settings.publicUrl, request.nextUrl.searchParams.get("error"));
  if (path !== "callback/oidc" || !core.settings.oidc) return new Response(null, { status: 404 });
  return NextAuth(request as never, context as never, authOptions(core));
}

function toSignIn(publicUrl: string, code: string | null): Response {
  const location = `${publicUrl}/sign-in?error=${encodeURIComponent((code ?? "OAuthSignin").slice(0, 40))}`;
  return new Response(null, { status: 303, headers: { location, "cache-control": "no-store" } });
}
