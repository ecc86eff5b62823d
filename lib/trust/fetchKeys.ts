import { readFile, stat } from "node:fs/promises";
import type { Core } from "../ctx";
import { endedBy } from "../net/boundedAnswers";
import { isLoopback } from "../settings";
import type { TrustedIssuer } from "./issuer";
import { KEY_SET_BYTES_MAX, type KeySet, KeySetRefused, readKeySet } from "./keySet";

/** What was fetched, and how long its server says that it may be kept. */
export interface FetchedKeys extends KeySet {
  readonly maxAgeSeconds: number | null;
}

/** The keys could not be fetched: the sentence says why, without a word of what was answered. */
export class KeysUnreachable extends Error {
  override readonly name = "KeysUnreachable";
}

/** For everything that one look takes: nobody who proves themself waits longer. */
const DEADLINE_MS = 5_000;

/**
 * Fetches an issuer's keys from where an admin said, never from where a token says: by discovery (OpenID Connect Discovery
 * section 4), at an address, or in a file. No redirect is followed, and only the guard's addresses are reached.
 *
 * @throws KeysUnreachable or KeySetRefused, each with a sentence for the admin.
 */
export async function fetchKeys(core: Core, issuer: TrustedIssuer): Promise<FetchedKeys> {
  const isBundle = issuer.kind === "spiffe";
  if (issuer.keysFrom === "file") return { ...readKeySet(await readKeysFile(issuer.keysAt ?? ""), isBundle), maxAgeSeconds: null };
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const at = issuer.keysFrom === "discovery" ? await discover(core, issuer.issuer, signal) : (issuer.keysAt ?? "");
  const { text, maxAgeSeconds } = await get(core, at, signal);
  return { ...readKeySet(text, isBundle), maxAgeSeconds };
}

/** Whether keys may come from there: https, or this very machine, which the guard reaches only when an operator named it. */
export function isKeysAddress(text: string): boolean {
  const at = URL.canParse(text) ? new URL(text) : null;
  if (!at || at.username || at.password || at.hash) return false;
  return at.protocol === "https:" || (at.protocol === "http:" && isLoopback(at.hostname));
}

async function discover(core: Core, issuer: string, signal: AbortSignal): Promise<string> {
  const { text } = await get(core, `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`, signal);
  const document = parse(text);
  if (document?.issuer !== issuer) throw new KeysUnreachable("Its discovery document is that of another issuer.");
  const { jwks_uri: at } = document;
  if (typeof at === "string" && isKeysAddress(at)) return at;
  throw new KeysUnreachable("Its discovery document names no https address of its keys.");
}

function parse(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown> | null;
  } catch {
    throw new KeysUnreachable("Its discovery document is no JSON.");
  }
}

async function get(core: Core, url: string, signal: AbortSignal): Promise<{ text: string; maxAgeSeconds: number | null }> {
  const headers = { accept: "application/json", "user-agent": "valet" };
  const host = new URL(url).host;
  try {
    const answer = await core.fetch(url, { headers, redirect: "manual", signal });
    if (answer.status !== 200) throw new KeysUnreachable(`${host} answered with status ${answer.status}.`);
    const maxAge = /(?:^|[\s,])max-age=(\d{1,9})(?:$|[\s,])/.exec(answer.headers.get("cache-control") ?? "")?.[1];
    return { text: await readBounded(answer, host), maxAgeSeconds: maxAge === undefined ? null : Number(maxAge) };
  } catch (error) {
    if (error instanceof KeysUnreachable || error instanceof KeySetRefused) throw error;
    throw new KeysUnreachable(signal.aborted ? `${host} did not answer within ${DEADLINE_MS / 1000} seconds.` : unreached(host, error));
  }
}

async function readBounded(answer: Response, host: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > KEY_SET_BYTES_MAX) throw new KeysUnreachable(tooMuch(host));
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function tooMuch(host: string): string {
  return `${host} answered more than ${KEY_SET_BYTES_MAX / 1024} KiB.`;
}

function unreached(host: string, error: unknown): string {
  const cause = error instanceof Error ? ((error.cause as Error | undefined) ?? error) : undefined;
  if (cause?.name === "ForbiddenDestination") return `${host} is a private address. Paste the keys, or give a file.`;
  const ended = endedBy(error);
  if (ended) return ended === "packed" ? `${host} answered in a packing that Valet did not ask for.` : tooMuch(host);
  const code = String((cause as { code?: unknown } | undefined)?.code ?? "");
  return `${host} could not be reached${/^[A-Z_]{1,40}$/.test(code) ? ` (${code})` : ""}.`;
}

async function readKeysFile(path: string): Promise<string> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new KeysUnreachable("That path is no file.");
    if (found.size > KEY_SET_BYTES_MAX) throw new KeysUnreachable(`The file is larger than ${KEY_SET_BYTES_MAX / 1024} KiB.`);
    return await readFile(path, { encoding: "utf8", signal: AbortSignal.timeout(DEADLINE_MS) });
  } catch (error) {
    if (error instanceof KeysUnreachable) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    throw new KeysUnreachable(code === "ENOENT" ? "There is no file at that path." : "The file cannot be read.");
  }
}
