import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { findFreePort } from "../../lib/database/port";

/** A Valet in a process of its own, over the database of a test, by the code that `npm start` runs but for its pages. */
export interface ValetProcess {
  readonly port: number;
  /** All it has printed so far. */
  said(): string;
  signal(name: "SIGTERM" | "SIGKILL"): void;
  /** Its exit code; null when a signal ended it. */
  readonly gone: Promise<number | null>;
}

export function freePort(): Promise<number> {
  return findFreePort();
}

export async function startProcess(environment: Readonly<Record<string, string>>): Promise<ValetProcess> {
  const child = fork(join(import.meta.dirname, "../faults/valet.ts"), [], {
    execArgv: ["--import", "tsx"],
    // Nothing of the tester's own environment.
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: "production", ...environment } as unknown as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (printed += chunk.toString("utf8")));
  const gone = once(child, "exit").then(([code]) => code as number | null);
  await started(child, gone, () => printed);
  return { port: Number(environment.PORT), said: () => printed, signal: (name) => void child.kill(name), gone };
}

async function started(child: ChildProcess, gone: Promise<unknown>, said: () => string): Promise<void> {
  const isReady = await Promise.race([once(child, "message").then(() => true), gone.then(() => false)]);
  if (!isReady) throw new Error(`Valet did not start:\n${said()}`);
}
