import { type Outcome, retryAfter } from "../breaker";
import type { Door } from "../breakers";
import type { Connector } from "../connectors/connector";
import type { Core } from "../ctx";
import { AnswerTooLarge, endedBy } from "../net/boundedAnswers";
import { adoptWait } from "./outages";

const DEADLINE_MS = 10_000;
/** Enough for whatever answers about tokens and accounts. */
const ANSWER_BYTES_MAX = 64 * 1024;

/**
 * One request of Valet's own to a SaaS: a deadline for the whole answer, a bound on its size, no redirect followed, and the
 * headers that this SaaS wants with everything. A SaaS that is down is not asked (lib/breakers.ts), and a token endpoint not before it said.
 */
export async function askSaas(
  core: Core,
  connector: Connector,
  url: string,
  init: RequestInit,
  bytesMax = ANSWER_BYTES_MAX,
  door: Exclude<Door, "calls"> = "asks",
): Promise<Response> {
  const at = { connector, host: new URL(url).host, door };
  if (door === "tokens") await adoptWait(core, at);
  const ask = () => askAnyway(core, connector, url, init, bytesMax);
  return core.breakers.through(at, ask, (came) => ("answer" in came ? toldBy(came.answer, door, core) : toldByFailure(came.error)));
}

/** The same of a SaaS that may be down: for what has to be tried, such as ending a token. */
export async function askAnyway(
  core: Core,
  connector: Connector,
  url: string,
  init: RequestInit,
  bytesMax = ANSWER_BYTES_MAX,
): Promise<Response> {
  const headers = { "user-agent": "valet", ...connector.headers, ...(init.headers as Record<string, string> | undefined) };
  const response = await core.fetch(url, { ...init, headers, redirect: "manual", signal: AbortSignal.timeout(DEADLINE_MS) });
  const body = await readBounded(response, bytesMax);
  return new Response(body.length > 0 && response.status !== 204 ? body : null, { status: response.status, headers: response.headers });
}

function toldBy({ status, headers }: Response, door: Door, { clock }: Core): Outcome {
  const until = status === 429 || status === 503 ? retryAfter(headers.get("retry-after"), clock.now().getTime()) : null;
  // How long one account's questions have to wait is not about the others.
  if (until !== null && door === "tokens") return { kind: "wait", until };
  const down = door === "tokens" ? status >= 500 : status === 502 || status === 503 || status === 504;
  return down ? { kind: "down", by: null } : { kind: "alive" };
}

function toldByFailure(error: unknown): Outcome {
  if (endedBy(error)) return { kind: "alive" };
  const cause = error instanceof Error ? (error.cause as Error | undefined)?.name : undefined;
  return cause === "ForbiddenDestination" ? { kind: "nothing" } : { kind: "down", by: null };
}

async function readBounded(response: Response, bytesMax: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > bytesMax) throw new AnswerTooLarge("The answer is larger than any to such a question.");
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
