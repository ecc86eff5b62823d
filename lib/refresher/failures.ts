import { z } from "zod";
import { isRefusal, Refusal, type RefusalCode, type RefusalOptions } from "../errors";

/** A failure as it goes from the refresher to who asked it. What is no decision against the caller tells its kind alone. */
export type Told =
  | { readonly how: "refused"; readonly code: RefusalCode; readonly message: string; readonly options: RefusalOptions }
  | { readonly how: "bad_input"; readonly issues: readonly z.core.$ZodIssue[] }
  | { readonly how: "failed"; readonly code: string | null; readonly broken: boolean };

export function tellFailure(error: unknown): Told {
  if (isRefusal(error)) {
    const { code, message, cause: _cause, name: _name, stack: _stack, ...options } = error;
    return { how: "refused", code, message, options };
  }
  if (error instanceof z.ZodError) return { how: "bad_input", issues: error.issues };
  const code = (error as { code?: unknown } | null)?.code ?? (error as { cause?: { code?: unknown } } | null)?.cause?.code;
  return { how: "failed", code: typeof code === "string" ? code : null, broken: error instanceof Error && BROKEN.test(error.message) };
}

/** How the driver of the database says in words that a connection is gone. */
const BROKEN = /timeout exceeded when trying to connect|Connection terminated|Query read timeout/;

/** The same failure, for whoever asked. */
export function asError(told: Told): Error {
  switch (told.how) {
    case "refused":
      return new Refusal(told.code, told.message, told.options);
    case "bad_input":
      return new z.ZodError([...told.issues]);
    case "failed":
      return Object.assign(
        new Error(told.broken ? "Connection terminated" : "The refresher failed."),
        told.code ? { code: told.code } : {},
      );
  }
}
