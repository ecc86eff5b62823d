import "server-only";
import { getCore as coreOfProcess } from "@/lib/core";
import type { Core } from "@/lib/ctx";

/** The tools of this process, started by server.ts or, where Next runs alone, by the first request. */
export function getCore(): Promise<Core> {
  return coreOfProcess();
}
