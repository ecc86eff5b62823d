import "server-only";
import { headers } from "next/headers";
import { cache } from "react";
import { getCore } from "./core";

/** One id per request, ours and not the client's: told to the person when something breaks, and in the log beside the cause. */
export const requestId = cache((): string => `req_${crypto.randomUUID().replaceAll("-", "")}`);

/** Where a request came from, for counting failures. server.ts sets it from the socket and drops what a client sends. */
export async function clientAddress(): Promise<string> {
  return (await headers()).get("x-valet-address") ?? "unknown";
}

/** The log's line for what is a bug: the name of the error and where it was thrown, never its message, which may quote input. */
export async function logBug(event: string, error: unknown): Promise<string> {
  const core = await getCore();
  const id = requestId();
  const stack =
    error instanceof Error
      ? error.stack
          ?.split("\n")
          .filter((line) => line.trim().startsWith("at "))
          .slice(0, 6)
      : undefined;
  core.log.error(event, { requestId: id, error: error instanceof Error ? error.name : typeof error, at: stack });
  return id;
}
