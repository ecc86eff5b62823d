import { Readable } from "node:stream";
import { Pool } from "undici";

export interface Target {
  readonly url: string;
  /** Before every path: the gateway's. */
  readonly prefix: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Run {
  readonly perSecond: number;
  /** Milliseconds per call, smallest first. */
  readonly sorted: readonly number[];
}

/** As many small reads as `connections` callers get answered in `ms`, each waiting for its answer before the next. */
export async function hammer(target: Target, connections: number, ms: number): Promise<Run> {
  const pool = new Pool(target.url, { connections, pipelining: 1 });
  const took: number[] = [];
  const end = performance.now() + ms;
  const began = performance.now();
  const caller = async () => {
    while (performance.now() < end) {
      const start = performance.now();
      const answer = await pool.request({ path: `${target.prefix}/api/issues`, method: "GET", headers: target.headers });
      await answer.body.dump();
      if (answer.statusCode !== 200) throw new Error(`A call was answered ${answer.statusCode}.`);
      took.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: connections }, caller));
  const seconds = (performance.now() - began) / 1000;
  await pool.close();
  return { perSecond: took.length / seconds, sorted: took.sort((left, right) => left - right) };
}

export function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return at(
    [...values].sort((left, right) => left - right),
    0.5,
  );
}

/** Reads a body of `bytes`; answers MiB per second and the time to its first piece. */
export async function download(target: Target, bytes: number): Promise<{ mibPerSecond: number; firstByteMs: number }> {
  const pool = new Pool(target.url, { connections: 1 });
  const start = performance.now();
  let [read, firstByteMs] = [0, 0];
  const path = `${target.prefix}/api/files/1/content?bytes=${bytes}`;
  const { body } = await pool.request({ path, method: "GET", headers: target.headers });
  for await (const chunk of body as AsyncIterable<Buffer>) {
    if (read === 0) firstByteMs = performance.now() - start;
    read += chunk.length;
  }
  if (read !== bytes) throw new Error(`${read} bytes came instead of ${bytes}.`);
  await pool.close();
  return { mibPerSecond: rate(bytes, start), firstByteMs };
}

const BLOCK = Buffer.alloc(64 * 1024, "x");

export async function upload(target: Target, bytes: number): Promise<{ mibPerSecond: number }> {
  const pool = new Pool(target.url, { connections: 1 });
  const start = performance.now();
  const blocks = function* () {
    for (let sent = 0; sent < bytes; sent += BLOCK.length) yield BLOCK;
  };
  const headers = { ...target.headers, "content-type": "application/octet-stream" };
  const body = Readable.from(blocks(), { objectMode: false });
  const answer = await pool.request({ path: `${target.prefix}/api/files?name=big`, method: "POST", headers, body });
  const told = (await answer.body.json()) as { bytes?: number };
  if (told.bytes !== bytes) throw new Error(`${told.bytes} bytes arrived instead of ${bytes}.`);
  await pool.close();
  return { mibPerSecond: rate(bytes, start) };
}

/** How late each event of a stream is, in milliseconds, smallest first. */
export async function eventLag(target: Target, events: number): Promise<number[]> {
  const pool = new Pool(target.url, { connections: 1 });
  const lags: number[] = [];
  const { body } = await pool.request({ path: `${target.prefix}/api/stream?events=${events}`, method: "GET", headers: target.headers });
  for await (const chunk of body as AsyncIterable<Buffer>) {
    const now = process.hrtime.bigint();
    for (const [, sentAt] of chunk.toString().matchAll(/data: (\d+)/g)) lags.push(Number(now - BigInt(sentAt ?? 0)) / 1e6);
  }
  await pool.close();
  return lags.sort((left, right) => left - right);
}

function rate(bytes: number, start: number): number {
  return bytes / 1024 / 1024 / ((performance.now() - start) / 1000);
}
