import { createHash } from "node:crypto";
import type { Caller } from "./bearer";
import { answerJson, type Exchange, redirect, Stop } from "./http";
import type { StoredFile } from "./seed";
import { nowText, type State } from "./state";
import { signedPath } from "./storage";

/** `GET /api/files`. */
export function listFiles(state: State, exchange: Exchange): void {
  answerJson(exchange, 200, state.data.files);
}

/** `GET /api/files/:id/content`: 302 to a pre-signed address at another server, which wants no token and should see none. */
export function redirectToContent(state: State, exchange: Exchange, _caller: Caller, id: string): void {
  const file = state.data.files.find((one) => one.id === id);
  if (file === undefined) throw new Stop(404, { error: "not_found" });
  redirect(exchange, 302, `${state.storageUrl}${signedPath(state, file.id)}`);
}

/** `POST /api/files?name=`: counts and hashes the body as it streams in, and keeps none of it. */
export async function uploadFile(state: State, exchange: Exchange, caller: Caller): Promise<void> {
  const hash = createHash("sha256");
  for await (const chunk of exchange.request as AsyncIterable<Buffer>) {
    exchange.call.bodyBytes += chunk.length;
    hash.update(chunk);
  }
  const file: StoredFile = {
    id: `file-${state.data.files.length + 1}`,
    name: exchange.query.get("name") ?? "unnamed",
    type: exchange.request.headers["content-type"] ?? "application/octet-stream",
    sizeBytes: exchange.call.bodyBytes,
    sha256: hash.digest("hex"),
    author: caller.person.login,
    createdAt: nowText(state),
  };
  state.data.files.push(file);
  answerJson(exchange, 201, file);
}
