import "server-only";
import { cookies } from "next/headers";
import type { Theme } from "@/app/_ui/ThemeSwitch";

export async function readTheme(): Promise<Theme> {
  const kept = (await cookies()).get("valet-theme")?.value;
  return kept === "light" || kept === "dark" ? kept : "system";
}
