import "server-only";
import { unstable_rethrow } from "next/navigation";
import { z } from "zod";
import type { FormAction, FormState } from "@/app/_ui/formState";
import type { Core, PersonCtx } from "@/lib/ctx";
import { isRefusal, type Refusal } from "@/lib/errors";
import { getCore } from "./core";
import { requirePerson } from "./person";
import { logBug } from "./request";

/** A field that may come once, several times or not at all, such as a group of check boxes. */
export const manyOf = z.preprocess(
  (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]),
  z.array(z.string().max(200)).max(200),
);

/** An action of a signed-in person: proves them anew, parses the form, calls one verb, turns a refusal into the form's state. */
export function personAction<S extends z.ZodType, T>(schema: S, run: (ctx: PersonCtx, input: z.output<S>) => Promise<T>): FormAction<T> {
  return (_previous, form) => answer(form, schema, async (input) => run(await requirePerson(), input));
}

/** An action before anybody is known: signing in, accepting an invitation. */
export function openAction<S extends z.ZodType, T>(schema: S, run: (core: Core, input: z.output<S>) => Promise<T>): FormAction<T> {
  return (_previous, form) => answer(form, schema, async (input) => run(await getCore(), input));
}

async function answer<S extends z.ZodType, T>(form: FormData, schema: S, run: (input: z.output<S>) => Promise<T>): Promise<FormState<T>> {
  const given = readForm(form);
  const parsed = schema.safeParse(given);
  if (!parsed.success) return badInput(parsed.error, given);
  try {
    return { status: "done", result: await run(parsed.data) };
  } catch (error) {
    unstable_rethrow(error);
    return isRefusal(error) ? refused(error, given) : broken(error, given);
  }
}

type Given = Record<string, string | string[]>;

function readForm(form: FormData): Given {
  const given: Given = {};
  for (const name of new Set(form.keys())) {
    const values = form.getAll(name).filter((value) => typeof value === "string");
    if (name.startsWith("$")) continue;
    given[name] = values.length === 1 ? (values[0] as string) : values;
  }
  return given;
}

function badInput(error: z.ZodError, given: Given): FormState<never> {
  const fields = Object.fromEntries(error.issues.map((issue) => [String(issue.path[0] ?? ""), issue.message]));
  return { status: "refused", code: "invalid_request", message: "Please look at the marked fields.", fields, values: shown(given) };
}

function refused(refusal: Refusal, given: Given): FormState<never> {
  const { code, message, next, fields = {} } = refusal;
  return { status: "refused", code, message, ...(next ? { next } : {}), fields, values: shown(given) };
}

async function broken(error: unknown, given: Given): Promise<FormState<never>> {
  const id = await logBug("page.action_failed", error);
  const message = `Something went wrong on our side. Try again; if it stays, tell your admin this number: ${id}`;
  return { status: "refused", code: "server_error", message, fields: {}, values: shown(given) };
}

/** What may be sent back to the page. Only text fields, and nothing that is a secret, or was pasted where a private key could be. */
function shown(given: Given): Record<string, string> {
  const kept = Object.entries(given).filter(([name, value]) => typeof value === "string" && !/password|secret|token|publicKey/i.test(name));
  return Object.fromEntries(kept) as Record<string, string>;
}
