import "server-only";
import { cookies } from "next/headers";
import type { Core } from "@/lib/ctx";
import { randomText } from "@/lib/tokens/secret";
import { hostCookie } from "./session";

const HOUR_SECONDS = 60 * 60;

/** What only this browser knows, so that nobody else can finish what was begun here. */
export async function keepBrowserSecret(core: Core): Promise<string> {
  const { name, options } = hostCookie(core, "valet-browser");
  const jar = await cookies();
  const secret = jar.get(name)?.value ?? randomText();
  jar.set(name, secret, { ...options, maxAge: HOUR_SECONDS });
  return secret;
}
