import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { StoredFile } from "./seed";
import { nowMs, type State } from "./state";

const SIGNED_SECONDS = 60;
const CHUNK_BYTES = 64 * 1024;

/** One request that reached the download server. What matters is what should not have come along. */
export interface StorageCall {
  readonly method: string;
  readonly path: string;
  readonly hadAuthorization: boolean;
  readonly hadCookie: boolean;
  readonly headerNames: readonly string[];
  readonly status: number;
}

/** Path and signature of a download that works for a minute, without any token. */
export function signedPath(state: State, fileId: string): string {
  const expires = String(Math.floor(nowMs(state) / 1000) + SIGNED_SECONDS);
  return `/signed/${fileId}?expires=${expires}&signature=${sign(state, fileId, expires)}`;
}

/** The second server: stands for the object store that a SaaS sends downloads to. */
export function createStorage(state: State, calls: StorageCall[]): Server {
  return createServer((request, response) => {
    request.resume();
    const url = new URL(request.url ?? "/", "http://storage.invalid");
    const file = findSigned(state, url);
    const status = file === null ? 403 : 200;
    calls.push(toCall(request, url.pathname, status));
    if (file === null) response.writeHead(403, { "content-type": "text/plain" }).end("This address is not signed.");
    else send(response, file);
  });
}

function toCall(request: IncomingMessage, path: string, status: number): StorageCall {
  return {
    method: request.method ?? "GET",
    path,
    hadAuthorization: request.headers.authorization !== undefined,
    hadCookie: request.headers.cookie !== undefined,
    headerNames: Object.keys(request.headers),
    status,
  };
}

function sign(state: State, fileId: string, expires: string): string {
  return createHmac("sha256", state.signingKey).update(`${fileId} ${expires}`).digest("base64url");
}

function findSigned(state: State, url: URL): StoredFile | null {
  const fileId = /^\/signed\/([\w-]+)$/.exec(url.pathname)?.[1] ?? "";
  const expires = url.searchParams.get("expires") ?? "";
  const wanted = Buffer.from(sign(state, fileId, expires));
  const given = Buffer.from(url.searchParams.get("signature") ?? "");
  const isSigned = given.length === wanted.length && timingSafeEqual(given, wanted);
  if (!isSigned || Number(expires) * 1000 <= nowMs(state)) return null;
  return state.data.files.find((file) => file.id === fileId) ?? null;
}

function send(response: ServerResponse, file: StoredFile): void {
  response.writeHead(200, { "content-type": file.type, "content-length": String(file.sizeBytes) });
  Readable.from(filling(file)).pipe(response);
}

/** The same bytes every time, made as they are read, so that a big file costs no memory. */
function* filling(file: StoredFile): Generator<Buffer> {
  const block = Buffer.alloc(CHUNK_BYTES, `${file.name}\n`);
  for (let left = file.sizeBytes; left > 0; left -= CHUNK_BYTES) yield block.subarray(0, Math.min(left, CHUNK_BYTES));
}
