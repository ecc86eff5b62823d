import { z } from "zod";
import type { Core } from "../ctx";
import { isRefusal, Refusal } from "../errors";

const DATABASE_AWAY = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
  "57P01",
  "57P02",
  "57P03",
  // Full disk, no memory, too many connections; a statement that took too long or may not wait; a disk that fails; read-only.
  "53100",
  "53200",
  "53300",
  "57014",
  "55P03",
  "58030",
  "25006",
  "P1001",
  "P1002",
  "P1008",
  "P1017",
  "P2024",
]);

/**
 * Everything that can be thrown, as a refusal. What is not one of ours is a bug: the caller learns nothing from it, the
 * log gets its name and place.
 */
export function asRefusal(core: Core, error: unknown, requestId: string | undefined): Refusal | null {
  if (isRefusal(error)) {
    if (error.detail) core.log.warn("refused", { requestId, code: error.code, reason: error.reason, detail: error.detail });
    return error;
  }
  if (error instanceof z.ZodError) return badInput(error);
  if (databaseIsAway(error)) {
    core.log.error("database.away", { requestId, code: codeOf(error) });
    return new Refusal("unavailable", "The database is away, so nothing was given. Try again in a few seconds.", {
      reason: "database_away",
      retryAfterSeconds: 2,
      cause: error,
    });
  }
  if (error instanceof Error && error.name === "ForbiddenDestination")
    return new Refusal("upstream_failed", "The SaaS's address is not one Valet talks to.", { reason: "destination_forbidden" });
  const bug = error instanceof Error ? error : new Error(String(error));
  core.log.error("bug", { requestId, name: bug.name, stack: bug.stack?.split("\n").slice(1, 8).join("\n") });
  return null;
}

/** The input at fault, by field, in words. Never repeats what was sent. */
export function badInput(error: z.ZodError): Refusal {
  const fields = Object.fromEntries(error.issues.map((issue) => [placeOf(issue), wordsOf(issue)]));
  const [first] = Object.entries(fields);
  return new Refusal("invalid_request", `Check ${first?.[0] ?? "the input"}: ${first?.[1] ?? "it is not right"}.`.replace(/\.\.$/, "."), {
    fields,
  });
}

/** What could be the name of a member, and no secret that was put in its place. */
const PLAIN_NAME = /^[A-Za-z_]{1,40}$/;

function placeOf({ path }: z.core.$ZodIssue): string {
  return path.map((part) => (typeof part === "number" || PLAIN_NAME.test(String(part)) ? String(part) : "…")).join(".") || "body";
}

function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== "unrecognized_keys" || issue.keys.every((key) => PLAIN_NAME.test(key))) return issue.message;
  return "It has a member that is not taken here.";
}

function databaseIsAway(error: unknown): boolean {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : "";
  return (
    (code !== null && (DATABASE_AWAY.has(code) || code.startsWith("08"))) ||
    /timeout exceeded when trying to connect|Connection terminated|Query read timeout/.test(message)
  );
}

function codeOf(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code ?? (error as { cause?: { code?: unknown } } | null)?.cause?.code;
  return typeof code === "string" ? code : null;
}
