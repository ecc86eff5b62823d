import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { chown, mkdir, stat } from "node:fs/promises";
import { dirname, parse } from "node:path";
import { promisify } from "node:util";
import { Refusal } from "../errors";

const run = promisify(execFile);

/** The system user PostgreSQL runs as. Empty for an ordinary user: then it is simply us. */
export interface Owner {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Whom PostgreSQL must run as. It refuses to run as root, so root lends it the system user `postgres`,
 * or whoever already owns the data; everybody else runs it as themselves.
 *
 * Refuses with `unavailable` when root can neither find nor create that user.
 */
export async function findOwner(dataDir: string): Promise<Owner> {
  if (process.getuid?.() !== 0) return {};
  const existing = await stat(dataDir).catch(() => undefined);
  if (existing && existing.uid !== 0) return { uid: existing.uid, gid: existing.gid };
  return (await lookUp("postgres")) ?? (await createUser("postgres"));
}

async function lookUp(name: string): Promise<Owner | undefined> {
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
    return { uid: Number.parseInt(uid.stdout, 10), gid: Number.parseInt(gid.stdout, 10) };
  } catch {
    return undefined;
  }
}

/** shadow-utils (Debian, Fedora) first, then busybox (Alpine). */
const CREATE = [
  ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"],
  ["adduser", "-S", "-D", "-H", "-s", "/sbin/nologin"],
] as const;

async function createUser(name: string): Promise<Owner> {
  for (const [command, ...args] of CREATE) {
    await run(command, [...args, name]).catch(() => undefined);
    const owner = await lookUp(name);
    if (owner) return owner;
  }
  throw new Refusal(
    "unavailable",
    "PostgreSQL does not run as root, and the system user postgres could not be created. Start Valet as an ordinary user, or set DATABASE_URL.",
  );
}

/** Whether that user can walk to the path: every folder above it must let them through. */
export async function canReach(owner: Owner, path: string): Promise<boolean> {
  if (owner.uid === undefined) return true;
  for (const folder of foldersAbove(path)) {
    const found = await stat(folder).catch(() => undefined);
    if (found && !(found.mode & enterBit(owner, found))) return false;
  }
  return true;
}

function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let at = dirname(path); ; at = dirname(at)) {
    folders.unshift(at);
    if (at === parse(at).root) return folders;
  }
}

function enterBit(owner: Owner, found: { uid: number; gid: number }): number {
  if (found.uid === owner.uid) return constants.S_IXUSR;
  return found.gid === owner.gid ? constants.S_IXGRP : constants.S_IXOTH;
}

/** A folder only the owner enters. */
export async function privateFolder(owner: Owner, path: string): Promise<string> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await giveTo(owner, path);
  return path;
}

export async function giveTo(owner: Owner, path: string): Promise<void> {
  if (owner.uid !== undefined) await chown(path, owner.uid, owner.gid ?? owner.uid);
}

/** Options for `spawn` that drop root's rights. The environment is fixed: no setting of the caller leaks in. */
export function asOwner(owner: Owner, cwd: string) {
  return { ...owner, cwd, env: { PATH: "/usr/bin:/bin", LC_ALL: "C", NODE_ENV: "production" as const } };
}
