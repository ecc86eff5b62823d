import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { findFreePort } from "../../lib/database/port";
import { type Recorder, startRecorder } from "./recorder";

const ROOT = join(import.meta.dirname, "../..");
const HELD_CLOCK = join(import.meta.dirname, "heldClock.mjs");
const STOP_MS = 8_000;

/** A Valet in its own process: the production build. */
export interface Valet {
  /** The address people and agents know. */
  readonly url: string;
  readonly recorder: Recorder;
  /** All it has printed so far, log lines too. */
  said(): string;
  /** What of it was its standard output: the log. */
  logged(): string;
  /** Sets the clock of one that was started with a held one. */
  setClock(at: Date): Promise<void>;
  stop(): Promise<void>;
}

export type Environment = Readonly<Record<string, string>>;

/** What every Valet of the tests is given. Its process and one that seeds must agree on all of it. */
export function environmentFor(recorder: Recorder, port: number, databaseUrl: string, more: Environment): Environment {
  return {
    NODE_ENV: "production",
    HOST: "127.0.0.1",
    PORT: String(port),
    VALET_PUBLIC_URL: recorder.url,
    DATABASE_URL: databaseUrl,
    VALET_KEYS: `e1:${Buffer.alloc(32, 5).toString("base64url")}`,
    ...more,
  };
}

/** The face of a Valet that is about to start: its address is needed before it, for redirect URIs. */
export async function reserveFace(): Promise<{ recorder: Recorder; port: number }> {
  const recorder = await startRecorder("localhost");
  const port = await findFreePort();
  recorder.attach(port);
  return { recorder, port };
}

/** @param clock where its clock stands still, until it is set: see heldClock.mjs. */
export async function startValet(recorder: Recorder, environment: Environment, clock?: Date): Promise<Valet> {
  const held = clock ? { VALET_TESTS_CLOCK: String(clock.getTime()) } : {};
  const child = fork(join(ROOT, "dist/starter.mjs"), [], {
    cwd: ROOT,
    // Nothing of the tester's own environment.
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment, ...held } as unknown as NodeJS.ProcessEnv,
    execArgv: ["--enable-source-maps", ...(clock ? ["--import", pathToFileURL(HELD_CLOCK).href] : [])],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let [printed, logged] = ["", ""];
  child.stdout?.on("data", (chunk: Buffer) => (logged += chunk.toString("utf8")));
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (printed += chunk.toString("utf8")));
  await ready(child, () => printed);
  return {
    url: recorder.url,
    recorder,
    said: () => printed,
    logged: () => logged,
    setClock: async (at) => {
      // The starter, the refresher and the web process, each for itself.
      const told = messages(child, ({ clock }) => clock === at.getTime(), 3);
      child.send({ clock: at.getTime() });
      await told;
    },
    stop: async () => {
      await end(child);
      await recorder.close();
    },
  };
}

/** Ends once so many messages came that are meant. */
function messages(child: ChildProcess, meant: (message: { clock?: number; ready?: boolean }) => boolean, count: number): Promise<void> {
  return new Promise((resolve) => {
    let left = count;
    const take = (message: object) => {
      if (!meant(message)) return;
      left -= 1;
      if (left > 0) return;
      child.off("message", take);
      resolve();
    };
    child.on("message", take);
  });
}

async function ready(child: ChildProcess, said: () => string): Promise<void> {
  const gone = once(child, "exit").then(() => false);
  if (await Promise.race([messages(child, (message) => message.ready === true, 1).then(() => true), gone])) return;
  throw new Error(`Valet did not start:\n${said()}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const hard = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  await gone;
  clearTimeout(hard);
}
