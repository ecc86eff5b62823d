import "server-only";
import { cookies } from "next/headers";
import { decode, encode } from "next-auth/jwt";
import type { Core } from "@/lib/ctx";
import type { SignedIn } from "@/lib/people/person";
import { getCore } from "./core";

/** A browser session ends twelve hours after signing in, whatever happens in between. */
export const SESSION_SECONDS = 12 * 60 * 60;

/** All that the cookie says. Who that is today is read from the database with every request. */
export interface SessionClaim {
  readonly personId: string;
  readonly sessionVersion: number;
}

/** Cookies bound to this host alone where there is TLS; browsers refuse that prefix without it. */
export function hostCookie(core: Core, name: string): { name: string; options: CookieOptions } {
  const secure = core.settings.publicUrl.startsWith("https:");
  return { name: secure ? `__Host-${name}` : name, options: { httpOnly: true, sameSite: "lax", path: "/", secure } };
}

interface CookieOptions {
  readonly httpOnly: true;
  readonly sameSite: "lax";
  readonly path: "/";
  readonly secure: boolean;
}

export function sessionCookie(core: Core) {
  return hostCookie(core, "valet-session");
}

/** The key of next-auth's encrypted session token: derived, so that it turns with the root key and is stored nowhere. */
export function sessionSecret(core: Core): string {
  return core.vault.derive("next-auth");
}

/** Signs this browser in as somebody who has just proved it. Only in a server action or a route. */
export async function startSession(core: Core, signedIn: SignedIn): Promise<void> {
  const { name, options } = sessionCookie(core);
  const token = { personId: signedIn.personId, sessionVersion: signedIn.sessionVersion };
  const value = await encode({ token, secret: sessionSecret(core), maxAge: SESSION_SECONDS });
  (await cookies()).set(name, value, { ...options, maxAge: SESSION_SECONDS });
}

export async function endSession(core: Core): Promise<void> {
  const { name, options } = sessionCookie(core);
  (await cookies()).set(name, "", { ...options, maxAge: 0 });
}

/** Whether this browser was signed in before: then its session has ended, and it is told so. */
export async function hadSession(): Promise<boolean> {
  return (await cookies()).has(sessionCookie(await getCore()).name);
}

/** What the cookie claims, or null when it is absent, expired or not ours. */
export async function readClaim(core: Core): Promise<SessionClaim | null> {
  const value = (await cookies()).get(sessionCookie(core).name)?.value;
  if (!value) return null;
  const token = await decode({ token: value, secret: sessionSecret(core) }).catch(() => null);
  if (typeof token?.personId !== "string" || typeof token.sessionVersion !== "number") return null;
  return { personId: token.personId, sessionVersion: token.sessionVersion };
}
