"use server";

import { cookies } from "next/headers";
import { getCore } from "./core";

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** Keeps the colours this browser wants. `system` is the absence of a choice. */
export async function setTheme(form: FormData): Promise<void> {
  const wanted = form.get("theme");
  const jar = await cookies();
  if (wanted !== "light" && wanted !== "dark") {
    jar.delete("valet-theme");
    return;
  }
  const secure = (await getCore()).settings.publicUrl.startsWith("https:");
  jar.set("valet-theme", wanted, { path: "/", sameSite: "lax", httpOnly: true, secure, maxAge: YEAR_SECONDS });
}
