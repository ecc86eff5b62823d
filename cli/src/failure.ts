import { ValetError, ValetRefusal } from "../../client/src/index.ts";

/** What a script can tell apart by the exit code. */
export const EXIT = { ok: 0, failure: 1, usage: 2, interaction: 3, denied: 4 } as const;

/** A failure of the command's own, with what to do about it. */
export class Failure extends Error {
  override readonly name = "Failure";

  constructor(
    readonly exitCode: number,
    message: string,
    /** What to do next: a sentence, or a page to open. */
    readonly more: { readonly next?: string; readonly fix?: string; readonly code?: string } = {},
  ) {
    super(message);
  }
}

/** Anything that was thrown, as it is told and exited with. */
export interface Told {
  readonly exitCode: number;
  readonly code: string;
  readonly reason?: string | undefined;
  readonly message: string;
  readonly next?: string | undefined;
  readonly fix?: string | undefined;
  readonly smallestGrant?: unknown;
  readonly requestId?: string | undefined;
}

export function tell(error: unknown): Told {
  if (error instanceof Failure) {
    const { exitCode, message, more } = error;
    return { exitCode, message, code: more.code ?? NAMES[exitCode] ?? "failure", next: more.next, fix: more.fix };
  }
  if (error instanceof ValetRefusal) return tellRefusal(error);
  if (error instanceof ValetError) return { exitCode: EXIT.failure, code: "failure", message: error.message };
  const system = error as { readonly code?: unknown; readonly path?: unknown };
  if (typeof system?.code === "string" && typeof system.path === "string")
    return { exitCode: EXIT.failure, code: system.code, message: `${system.path} could not be used (${system.code}).` };
  return {
    exitCode: EXIT.failure,
    code: "bug",
    message: `Something went wrong here: ${error instanceof Error ? error.message : "unknown"}`,
  };
}

const NAMES: Readonly<Record<number, string>> = { 2: "usage", 3: "interaction_required", 4: "denied" };

function tellRefusal(refusal: ValetRefusal): Told {
  const { code, reason, next, fix, smallestGrant, requestId } = refusal;
  const sentence = next && refusal.message.endsWith(next) ? refusal.message.slice(0, -next.length).trim() : refusal.message;
  return { exitCode: exitCodeOf(refusal), code, reason, message: sentence, next, fix, smallestGrant, requestId };
}

const NEEDS_A_PERSON = new Set(["interaction_required", "approval_required", "authorization_pending", "unauthenticated"]);
/** RFC 8693 section 2.2.2 has the token endpoint say `invalid_request` of a grant that is gone; the reason tells. */
const STANDING = /^(grant|agent|owner|person|connection|connector)_/;
const FAILS = new Set([404, 409, 413, 429]);

function exitCodeOf({ status, code, reason }: ValetRefusal): number {
  if (NEEDS_A_PERSON.has(code) || reason === "connection_needs_reconnect") return EXIT.interaction;
  if (status >= 500 || FAILS.has(status)) return EXIT.failure;
  if (code === "invalid_request" && !STANDING.test(reason)) return EXIT.usage;
  return EXIT.denied;
}
