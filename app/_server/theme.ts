"use server";

import { cookies } from "next/headers";
import { getCore } from "./core";

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** Keeps the colours this browser wants. `system` is the absence of a choice. */
export async function setTheme(form: FormData): Promise<void> {
  await keep("valet-theme", form.get("theme"), ["light", "dark"]);
}

/** Keeps how much this browser wants on one screen. `comfortable` is the absence of a choice. */
export async function setDensity(form: FormData): Promise<void> {
  await keep("valet-density", form.get("density"), ["compact"]);
}

async function keep(name: string, wanted: FormDataEntryValue | null, choices: readonly string[]): Promise<void> {
  const jar = await cookies();
  if (typeof wanted !== "string" || !choices.includes(wanted)) {
    jar.delete(name);
    return;
  }
  const secure = (await getCore()).settings.publicUrl.startsWith("https:");
  jar.set(name, wanted, { path: "/", sameSite: "lax", httpOnly: true, secure, maxAge: YEAR_SECONDS });
}
