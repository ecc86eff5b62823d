import "server-only";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { asActor, type PersonCtx } from "@/lib/ctx";
import { readSession } from "@/lib/people/session";
import { getCore } from "./core";
import { requestId } from "./request";
import { hadSession, readClaim } from "./session";

/**
 * The person behind this request, asked of the database every time: who was suspended, removed or signed out
 * everywhere is nobody with the very next request. Null when nobody is signed in.
 */
export const findPerson = cache(async (): Promise<PersonCtx | null> => {
  const core = await getCore();
  const claim = await readClaim(core);
  const actor = claim ? await readSession(core, claim) : null;
  return actor ? asActor(core, actor, requestId()) : null;
});

/** The person behind this request, or a redirect to signing in that leads back here. */
export async function requirePerson(): Promise<PersonCtx> {
  const person = await findPerson();
  if (person) return person;
  const path = (await headers()).get("x-valet-path") ?? "/";
  const query = new URLSearchParams({ ...((await hadSession()) ? { error: "ended" } : {}), ...(path === "/" ? {} : { next: path }) });
  redirect(query.size > 0 ? `/sign-in?${query}` : "/sign-in");
}
