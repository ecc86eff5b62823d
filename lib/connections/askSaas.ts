import type { Connector } from "../connectors/connector";
import type { Core } from "../ctx";

/** An answer that is no answer to what was asked: it goes on and on. */
export class AnswerTooLarge extends Error {
  override readonly name = "AnswerTooLarge";
}

const DEADLINE_MS = 10_000;
/** Enough for whatever answers about tokens and accounts. */
const ANSWER_BYTES_MAX = 64 * 1024;

/**
 * One request of Valet's own to a SaaS: a deadline for the whole answer, a bound on its size, no redirect followed, and the
 * headers that this SaaS wants with everything.
 */
export async function askSaas(
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
