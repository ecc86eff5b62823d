import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { RING, type Settings, SettingsError } from "../settings";

/** Where a key ring is given from at the start. A key management system that unwraps it is one more of these. */
export interface RingSource {
  /** The ring as VALET_KEYS spells it; null where this source has none yet. @throws SettingsError with what to do. */
  readRing(): Promise<string | null>;
}

/** How long a command may take: a start that hangs says nothing. */
const COMMAND_MS = 10_000;
const COMMAND_BYTES_MAX = 64 * 1024;

/** The ring of this installation: of its setting, of the command that unwraps it, or of the file beside its data. */
export function ringSource(settings: Pick<Settings, "keys" | "keysCommand" | "dataDir">): RingSource {
  const { keys, keysCommand } = settings;
  if (keys) return { readRing: async () => keys };
  return keysCommand ? commandSource(keysCommand) : fileSource(join(settings.dataDir, "keys"));
}

/**
 * What a program prints: the client of a key management system, for example. It runs without a shell and inherits the environment.
 *
 * @param command the program and its arguments.
 */
export function commandSource([program, ...args]: readonly [string, ...string[]], timeoutMs = COMMAND_MS): RingSource {
  const options = { timeout: timeoutMs, killSignal: "SIGKILL", maxBuffer: COMMAND_BYTES_MAX, windowsHide: true } as const;
  return {
    readRing: () =>
      new Promise((resolve, reject) => {
        const child = execFile(program, args, options, (error, stdout) => {
          const ring = stdout.trim();
          if (error) reject(noRing(whyEnded(error, timeoutMs)));
          else if (RING.test(ring)) resolve(ring);
          else reject(noRing('it printed something else than "id:key" separated by commas'));
        });
        child.stdin?.on("error", () => undefined).end();
      }),
  };
}

/** Never what it printed: that may be half of a key. */
function whyEnded(error: Error & { code?: unknown; killed?: boolean; signal?: unknown }, timeoutMs: number): string {
  if (error.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") return "it printed far more than a key ring";
  if (error.killed) return `it took longer than ${timeoutMs / 1000} s`;
  if (typeof error.code === "number") return `it ended with code ${error.code}`;
  return error.signal ? "it was ended by a signal" : "it could not be started";
}

function noRing(why: string): SettingsError {
  return new SettingsError(
    `VALET_KEYS_COMMAND did not give the key ring: ${why}. Run it by hand, mend it, and start again. Nothing was changed.`,
  );
}

function fileSource(path: string): RingSource {
  return {
    readRing: () =>
      readFile(path, "utf8").then(
        (text) => text.trim(),
        (error: NodeJS.ErrnoException) => (error.code === "ENOENT" ? null : Promise.reject(error)),
      ),
  };
}
