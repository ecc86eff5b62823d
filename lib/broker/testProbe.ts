import type { Connector } from "../connectors/connector";
import type { Probe } from "../connectors/probes";
import type { Core } from "../ctx";
import { isRefusal } from "../errors";
import { readAddress, spellAddress } from "./proxy";
import { sendUpstream, type UpstreamAnswer } from "./upstream";

/** What a SaaS answered to a probe, as far as it matters here. */
export interface ProbeAnswer {
  readonly status: number;
  /**
   * `data`: a success with JSON. `error`: a success over JSON that says it was none (Slack's `ok`, GraphQL's `errors`).
   * `done`: a success without a body. `refused`: this token may not. `other`: whatever else, a page in HTML too.
   */
  readonly says: "data" | "error" | "done" | "refused" | "other";
}

const READ_BYTES_MAX = 64 * 1024;

/** Sends one probe as the gateway would. Null when nothing came back in time. */
export async function sendProbe(
  core: Core,
  connector: Connector,
  probe: Probe,
  token: string,
  signal: AbortSignal,
): Promise<ProbeAnswer | null> {
  const body = probe.json === undefined ? null : JSON.stringify(probe.json);
  const headers = new Headers({ accept: "application/json", ...(body === null ? {} : { "content-type": "application/json" }) });
  const pathAndQuery = spellAddress(connector, readAddress(connector, probe.path));
  try {
    // A signal of its own: many calls may hang on the one that ends them all.
    const call = { method: probe.method, pathAndQuery, headers, body, signal: AbortSignal.any([signal]) };
    const answer = await sendUpstream(core, connector, call, token, "self-test");
    return judge(answer.statusCode, await readStart(answer));
  } catch (error) {
    if (isRefusal(error) || signal.aborted) return null;
    throw error;
  }
}

async function readStart({ body }: UpstreamAnswer): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > READ_BYTES_MAX) break;
  }
  return Buffer.concat(chunks).toString("utf8");
}

function judge(status: number, text: string): ProbeAnswer {
  if (status === 401 || status === 403) return { status, says: "refused" };
  if (status < 200 || status > 299) return { status, says: "other" };
  const told = parse(text);
  if (told === null) return { status, says: text === "" ? "done" : text.length > READ_BYTES_MAX ? "data" : "other" };
  return { status, says: tellsError(told) ? "error" : "data" };
}

function tellsError(told: object): boolean {
  const { ok, errors } = told as { ok?: unknown; errors?: unknown };
  return ok === false || (Array.isArray(errors) && errors.length > 0);
}

function parse(text: string): object | null {
  try {
    const told: unknown = JSON.parse(text);
    return typeof told === "object" ? told : null;
  } catch {
    return null;
  }
}
