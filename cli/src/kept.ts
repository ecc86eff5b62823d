import { randomUUID } from "node:crypto";
import { chmod, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Environment } from "./context.ts";
import { EXIT, Failure } from "./failure.ts";

/** A person's own token for one Valet. */
export interface KeptPerson {
  readonly accessToken: string;
  /** Absent for an API token from the Account page, which ends by itself. */
  readonly refreshToken?: string;
  /** ISO 8601. */
  readonly expiresAt?: string;
}

/** An agent that this machine may act as. */
export interface KeptAgent {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What is kept for one Valet, in `$XDG_CONFIG_HOME/valet/<host>.json`. */
export interface Kept {
  readonly url: string;
  readonly person?: KeptPerson;
  /** By name. */
  readonly agents?: Readonly<Record<string, KeptAgent>>;
}

const LOCK_MS_MAX = 15_000;
const LOCK_STEP_MS = 50;

/** Where tokens are kept: readable by their owner alone. A keychain is not used. */
export function keptFolder(env: Environment): string {
  return join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), ".config"), "valet");
}

export async function readKept(env: Environment, url: string): Promise<Kept> {
  const path = pathOf(env, url);
  const found = await stat(path).catch(absent);
  if (!found) return { url };
  // As ssh does: what others can read is not a secret any more.
  if (process.platform !== "win32" && (found.mode & 0o077) !== 0)
    throw new Failure(EXIT.failure, `Others on this machine can read ${path}, which holds your tokens.`, {
      next: `Run: chmod 600 ${path}`,
    });
  try {
    return JSON.parse(await readFile(path, "utf8")) as Kept;
  } catch {
    throw new Failure(EXIT.failure, `${path} is not what valet wrote.`, { next: "Remove it and log in again." });
  }
}

/** Reads, changes and writes in one piece: two commands at once do not lose each other's tokens. An empty answer removes the file. */
export async function changeKept(env: Environment, url: string, change: (kept: Kept) => Promise<Kept> | Kept): Promise<Kept> {
  const folder = keptFolder(env);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const unlock = await lock(`${pathOf(env, url)}.lock`);
  try {
    const next = await change(await readKept(env, url));
    await (next.person || Object.keys(next.agents ?? {}).length > 0
      ? write(pathOf(env, url), next)
      : rm(pathOf(env, url), { force: true }));
    return next;
  } finally {
    await unlock();
  }
}

/** Every Valet that something is kept for. */
export async function keptUrls(env: Environment): Promise<string[]> {
  const names = (await readdir(keptFolder(env)).catch(absent)) ?? [];
  const files = names.filter((name) => name.endsWith(".json")).sort();
  const texts = await Promise.all(files.map((name) => readFile(join(keptFolder(env), name), "utf8").catch(() => "{}")));
  return texts.flatMap((text) => {
    try {
      const { url } = JSON.parse(text) as { url?: unknown };
      return typeof url === "string" ? [url] : [];
    } catch {
      return [];
    }
  });
}

function pathOf(env: Environment, url: string): string {
  return join(keptFolder(env), `${encodeURIComponent(new URL(url).host)}.json`);
}

/** A new file in the place of the old one: a machine that stops in between has the one or the other, whole. */
async function write(path: string, kept: Kept): Promise<void> {
  const beside = `${path}.${randomUUID()}`;
  const file = await open(beside, "wx", 0o600);
  try {
    await file.writeFile(`${JSON.stringify(kept, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
}

/** Waits for whoever holds it; one that was left by a killed command is taken over. */
async function lock(path: string): Promise<() => Promise<void>> {
  for (const until = Date.now() + LOCK_MS_MAX; ; ) {
    const file = await open(path, "wx", 0o600).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
    if (file) {
      await file.close();
      return () => rm(path, { force: true });
    }
    const age = Date.now() - ((await stat(path).catch(absent))?.mtimeMs ?? Date.now());
    if (age > LOCK_MS_MAX || Date.now() > until) await rm(path, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, LOCK_STEP_MS));
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
