import "server-only";
import { cookies } from "next/headers";
import type { Density } from "@/app/_ui/DensitySwitch";

export async function readDensity(): Promise<Density> {
  return (await cookies()).get("valet-density")?.value === "compact" ? "compact" : "comfortable";
}
