import { cookies } from "next/headers";
import { getCore } from "@/app/_server/core";
import { bareHeaders, isOwnForm, manifestPage } from "@/app/_server/githubApp";
import { findPerson } from "@/app/_server/person";
import { logBug } from "@/app/_server/request";
import { hostCookie } from "@/app/_server/session";
import type { PersonCtx } from "@/lib/ctx";
import { isRefusal } from "@/lib/errors";
import { beginApp } from "@/lib/setups/beginApp";
import { randomText } from "@/lib/tokens/secret";

const HOUR_SECONDS = 60 * 60;

/** From the button on the connectors page: opens the walk, and shows the one page that may post to GitHub. */
export async function POST(request: Request): Promise<Response> {
  const { publicUrl } = (await getCore()).settings;
  const person = await findPerson();
  if (!person || !isOwnForm(request, publicUrl)) return sendTo(`${publicUrl}/sign-in`);
  try {
    return manifestPage(await beginApp(person, await readForm(request, await keepBrowserSecret(person))));
  } catch (error) {
    if (!isRefusal(error) && (error as Error).name !== "ZodError") await logBug("github_app.begin_failed", error);
    return sendTo(`${publicUrl}/admin/connectors?problem=${isRefusal(error) ? encodeURIComponent(error.reason) : "form"}`);
  }
}

async function readForm(request: Request, browserSecret: string) {
  const form = await request.formData();
  const text = (name: string) => String(form.get(name) ?? "");
  const access = text("access") === "write" ? ("write" as const) : ("read" as const);
  return { connector: text("connector"), organization: text("organization"), access, browserSecret };
}

async function keepBrowserSecret(ctx: PersonCtx): Promise<string> {
  const { name, options } = hostCookie(ctx, "valet-browser");
  const jar = await cookies();
  const secret = jar.get(name)?.value ?? randomText();
  jar.set(name, secret, { ...options, maxAge: HOUR_SECONDS });
  return secret;
}

function sendTo(location: string): Response {
  return new Response(null, { status: 303, headers: { ...bareHeaders(), location } });
}
