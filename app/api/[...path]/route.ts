import { getCore } from "@/lib/core";
import { newRequestId } from "@/lib/ids";
import { asResponse } from "@/lib/net/message";
import { answerRequest } from "@/lib/wire/router";

/**
 * The broker's endpoints for hosts that can only run Next; `server.ts` answers them before Next is asked. Addresses
 * outside `/api` come here by the rewrites in next.config.js. Next has resolved dots in the path by now: what is judged
 * is what is forwarded.
 */
async function answer(request: Request): Promise<Response> {
  const url = new URL(request.url);
  const path = url.pathname.startsWith("/api/v1/") ? url.pathname : url.pathname.replace(/^\/api/, "");
  const wire = { requestId: newRequestId(), address: "" };
  return asResponse(await answerRequest(await getCore(), request, wire, path + url.search));
}

export { answer as DELETE, answer as GET, answer as HEAD, answer as OPTIONS, answer as PATCH, answer as POST, answer as PUT };
