import type { NextRequest } from "next/server";
import { getCore } from "@/app/_server/core";
import { ownPath } from "@/app/_server/ownPath";
import { startSingleSignOn } from "@/app/_server/singleSignOn";

export async function GET(request: NextRequest): Promise<Response> {
  const core = await getCore();
  if (!core.settings.oidc) return new Response(null, { status: 404 });
  return startSingleSignOn(core, core.settings.publicUrl + ownPath(request.nextUrl.searchParams.get("next")));
}
