import type { z } from "zod";
import { asActor, type Core, type PersonActor, type PersonCtx } from "../ctx";
import { Refusal } from "../errors";
import type { Incoming } from "../net/message";
import { authenticatePerson } from "../people/personalTokens";
import { authenticateTerminal } from "../people/terminalAccess";
import { secretKind } from "../tokens/secret";
import { bearerOf, type WireContext } from "./context";
import { readSmallBody } from "./form";
import { toCamel, toSnake } from "./names";
import { QUERY_PARAMETERS_MAX } from "./wireLimits";

/** One operation of the REST API: its input by schema, its verb, and how OpenAPI describes it. */
export interface Operation<Input extends z.ZodType = z.ZodType> {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** `{name}` is a parameter of the path; it becomes a member of the input. */
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  /** Query for GET and DELETE, JSON body otherwise, plus the path's parameters; our own spelling (camelCase). */
  readonly input: Input;
  /** A `Response` is answered as it is: for what is not JSON. */
  readonly run: (ctx: PersonCtx, input: z.output<Input>) => Promise<unknown>;
  readonly status: 200 | 201;
  /** What a member of the answer means, for OpenAPI. */
  readonly answers: string;
  /** What the answer may be, where it is not JSON. */
  readonly media?: readonly string[];
}

/** Keeps the input's type through the table. */
export function operation<Input extends z.ZodType>(one: Operation<Input>): Operation {
  return one as unknown as Operation;
}

/** Runs one operation for a person who shows their own API token, or their terminal's access token (RFC 6750 section 2.1). */
export async function runOperation(
  core: Core,
  one: Operation,
  request: Incoming,
  wire: WireContext,
  parameters: Record<string, string>,
): Promise<Response> {
  const person = await provePerson(core, one, bearerOf(request.headers));
  const given = one.method === "GET" || one.method === "DELETE" ? readQuery(request) : await readJson(request);
  const input = one.input.parse({ ...given, ...parameters });
  const result = await one.run(asActor(core, person, wire.requestId), input);
  if (result instanceof Response) return result;
  return Response.json(toSnake(result), { status: one.status, headers: { "cache-control": "no-store" } });
}

async function provePerson(core: Core, { method }: Operation, token: string | null): Promise<PersonActor> {
  if (token && secretKind(token) === "pat") return authenticatePerson(core, token);
  if (!token?.startsWith("eyJ")) {
    throw new Refusal("invalid_token", "Send your own API token: Authorization: Bearer vlt_pat_... You make one on the Account page.", {
      reason: "token_missing",
    });
  }
  const { person, scope } = await authenticateTerminal(core, token);
  if (method === "GET" || scope === "valet:all") return person;
  throw new Refusal("forbidden", "This terminal was let in to look, and not to change anything.", {
    reason: "insufficient_scope",
    next: "Sign in at the terminal again, and ask for valet:all.",
    facts: { scope: "valet:all" },
  });
}

/** What was asked for in an address, in our own spelling, for a schema to read. */
export function readQuery(request: Incoming): Record<string, unknown> {
  const query = new URL(request.url).searchParams;
  if (query.size > QUERY_PARAMETERS_MAX)
    throw new Refusal("invalid_request", `An address may have ${QUERY_PARAMETERS_MAX} parameters at most.`, {
      reason: "too_many_parameters",
    });
  const doubled = [...query.keys()].find((name, index, all) => all.indexOf(name) !== index);
  if (doubled) throw new Refusal("invalid_request", "A parameter was sent twice. Send each once.", { reason: "parameter_doubled" });
  const given = Object.fromEntries([...query].filter(([, value]) => value !== ""));
  return toCamel({
    ...given,
    ...("everyone" in given ? { everyone: given.everyone === "true" } : {}),
    ...("live" in given ? { live: given.live === "true" } : {}),
  }) as Record<string, unknown>;
}

async function readJson(request: Incoming): Promise<Record<string, unknown>> {
  const text = await readSmallBody(request);
  if (text.trim() === "") return {};
  const type = request.headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json")
    throw new Refusal("invalid_request", "Send JSON, with content-type: application/json.", { reason: "content_type" });
  const body = parsed(text);
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return toCamel(body) as Record<string, unknown>;
  throw new Refusal("invalid_request", "The body is not a JSON object. Check it and send it again.", { reason: "json" });
}

/** Undefined for what is no JSON: what was sent is not repeated. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
