import type { Break, BreakMode } from "./breakage";
import { answer, type Exchange, redirect } from "./http";
import type { State } from "./state";

const HUGE_BYTES = 16 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;

type Spoil = (state: State, exchange: Exchange, broken: Break) => void | Promise<void>;

const JSON_TYPE = { "content-type": "application/json" };
const HTML_TYPE = { "content-type": "text/html" };

const SPOILS: Readonly<Partial<Record<BreakMode, Spoil>>> = {
  html: (_, exchange) => answer(exchange, 200, HTML_TYPE, "<!doctype html><title>Maintenance</title><p>Back soon."),
  empty: (_, exchange) => answer(exchange, 200, JSON_TYPE, ""),
  cut_json: (_, exchange) => answer(exchange, 200, JSON_TYPE, '{"access_token":"saas_at_cut'),
  "500": (_, exchange) => answer(exchange, 500, JSON_TYPE, '{"error":"server_error"}'),
  "503": (_, exchange, broken) => answer(exchange, 503, { ...JSON_TYPE, ...retryAfter(broken) }, '{"error":"temporarily_unavailable"}'),
  "429": (_, exchange, broken) => answer(exchange, 429, { ...JSON_TYPE, ...retryAfter(broken) }, '{"error":"rate_limited"}'),
  drop: (_, exchange) => void exchange.response.destroy(),
  "200_error": (_, exchange) => answer(exchange, 200, JSON_TYPE, '{"ok":false,"error":"internal_error"}'),
  redirect: (state, exchange, broken) => redirect(exchange, 302, broken.redirectTo ?? `${state.storageUrl}/elsewhere`),
  huge: (_, exchange, broken) => pour(exchange, broken.bytes ?? HUGE_BYTES),
};

/** Answers in the broken way. False when the request should go its normal way after all. */
export async function spoil(state: State, exchange: Exchange, broken: Break): Promise<boolean> {
  if (broken.mode === "hang") await state.gate.wait();
  const spoiled = SPOILS[broken.mode];
  if (spoiled === undefined) return false;
  exchange.request.resume();
  await spoiled(state, exchange, broken);
  return true;
}

function retryAfter(broken: Break): { "retry-after": string } {
  return { "retry-after": String(broken.retryAfterSeconds ?? 7) };
}

/** One JSON string that does not end for a long time. Stops as soon as nobody reads. */
async function pour(exchange: Exchange, bytes: number): Promise<void> {
  const { response, call } = exchange;
  const block = Buffer.alloc(CHUNK_BYTES, "x");
  call.status = 200;
  response.writeHead(200, JSON_TYPE);
  response.write('{"filler":"');
  for (let sent = 0; sent < bytes && !response.destroyed; sent += CHUNK_BYTES) if (!response.write(block)) await drained(response);
  response.end('"}');
}

function drained(response: Exchange["response"]): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      response.off("drain", go);
      response.off("close", go);
      resolve();
    };
    response.once("drain", go);
    response.once("close", go);
  });
}
