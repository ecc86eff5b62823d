import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildCli } from "../build.mjs";

/** A child's environment, whole: nothing of this process's own is added. */
export function only(env: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  return env as NodeJS.ProcessEnv;
}

/** What a command left: its exit code and both of its streams. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built command, in a home of its own. */
export interface Cli {
  /** The bundle's path. */
  readonly path: string;
  /** Its `XDG_CONFIG_HOME`, and a place for files. */
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  run(args: readonly string[], more?: { readonly env?: Readonly<Record<string, string>>; readonly stdin?: string }): Promise<Ended>;
  start(args: readonly string[], env?: Readonly<Record<string, string>>): ChildProcess;
  close(): void;
}

/** @param url of the Valet that it is pointed at. */
export async function builtCli(url: string): Promise<Cli> {
  const home = mkdtempSync(join(tmpdir(), "valet-cli-"));
  const path = await buildCli(join(home, "bin/valet.mjs"));
  // Nothing of this machine's own settings.
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: home,
    XDG_CONFIG_HOME: home,
    TMPDIR: home,
    VALET_URL: url,
    NO_COLOR: "1",
    TERM: "xterm",
  };
  const start: Cli["start"] = (args, more = {}) =>
    spawn(process.execPath, [path, ...args], { env: only({ ...env, ...more }), stdio: "pipe" });
  const run: Cli["run"] = async (args, { env: more = {}, stdin = "" } = {}) => {
    const child = start(args, more);
    child.stdin?.end(stdin);
    return ended(child);
  };
  return { path, home, env, run, start, close: () => rmSync(home, { recursive: true, force: true }) };
}

export async function ended(child: ChildProcess): Promise<Ended> {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  child.stdout?.on("data", (chunk) => stdout.push(String(chunk)));
  child.stderr?.on("data", (chunk) => stderr.push(String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, stdout: stdout.join(""), stderr: stderr.join("") };
}
