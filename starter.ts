import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbedded } from "./lib/database/embedded";
import { findRing } from "./lib/database/ring";
import { readSettings, SettingsError } from "./lib/settings";
import { randomText } from "./lib/tokens/secret";
import { webKeys } from "./lib/vault/vault";

/** What a request leaves behind is short-lived: with room for it, next to nothing of it is carried over by the collector. MiB, for each process. */
const YOUNG_MIB = 32;
/** How long the web process may drain before it is ended. */
const PATIENCE_MS = 12_000;
const AGAIN_MS_MIN = 50;
const AGAIN_MS_MAX = 5_000;
/** One that lived so long begins anew when it dies: its death is no sign that the next one will not live. */
const WELL_AFTER_MS = 10_000;
/** The process said in a sentence why it cannot start: trying again changes nothing. */
const REFUSED_TO_START = 78;

/** What this process must not hand on as it came: the ring goes to the refresher alone, and where the database is was read by now. */
const KEPT_BACK = /^(VALET_KEYS|DATABASE_URL)/;

/**
 * Starts Valet's processes and watches them: PostgreSQL where there is none, the refresher with the key ring, and the web process with no more
 * of it than it needs. One that dies is started again; without this process, none of them goes on.
 */
async function main(): Promise<void> {
  const say = (sentence: string) => process.stderr.write(`${sentence}\n`);
  const settings = readSettings(process.env);
  const dataDir = join(settings.dataDir, "postgres");
  const embedded = settings.databaseUrl ? null : await startEmbedded({ dataDir, database: "valet", onProgress: say });
  const databaseUrl = settings.databaseUrl ?? (embedded as { url: string }).url;
  const folder = await mkdtemp(join(tmpdir(), "valet-"));
  const clean = async () => {
    await embedded?.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const ring = await findRing(settings, databaseUrl);
    const handed = Object.fromEntries(Object.entries(process.env).filter(([name]) => !KEPT_BACK.test(name)));
    const refresher = { VALET_REFRESHER_SOCKET: join(folder, "refresher"), VALET_REFRESHER_TOKEN: randomText() };
    const shared = { ...handed, ...refresher, DATABASE_URL: databaseUrl };
    watch({ ...shared, VALET_KEYS: ring }, { ...shared, VALET_WEB_KEYS: webKeys(ring) }, clean);
  } catch (error) {
    await clean();
    throw error;
  }
}

type Env = Readonly<Record<string, string | undefined>>;

function watch(refresherEnv: Env, webEnv: Env, clean: () => Promise<void>): void {
  let stopping = false;
  const stop = async (code: number) => {
    if (stopping) return;
    stopping = true;
    await web.end("SIGTERM");
    // It answers what the web process still asked, and is let go of.
    await refresher.end(null);
    await clean();
    process.exit(code);
  };
  const refresher = new Kept("refresher.mjs", refresherEnv, stop);
  const web = new Kept("server.mjs", webEnv, stop);
  refresher.start();
  web.start();
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => void stop(0));
  if (!process.send) return;
  process.on("disconnect", () => void stop(0));
  process.on("message", (message) => {
    for (const one of [refresher, web]) one.tell(message);
  });
}

/** A process that is there again when it has died. */
class Kept {
  #child: ChildProcess | null = null;
  #again: NodeJS.Timeout | null = null;
  #deaths = 0;
  /** How often it was started, told to it. */
  #starts = 0;
  #ended = false;
  #wasReady = false;

  constructor(
    private readonly file: string,
    private readonly env: Env,
    private readonly giveUp: (code: number) => Promise<void>,
  ) {}

  start(): void {
    const execArgv = [...process.execArgv, `--max-semi-space-size=${YOUNG_MIB}`];
    const child = fork(join(import.meta.dirname, this.file), [], {
      env: { ...this.env, VALET_STARTED_AGAIN: String(this.#starts++) } as unknown as NodeJS.ProcessEnv,
      execArgv,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const begun = performance.now();
    this.#child = child;
    child.on("message", (message) => {
      this.#wasReady = true;
      process.send?.(message);
    });
    child.on("error", () => undefined); // a message that did not arrive; "exit" says the rest
    child.once("exit", (code, signal) => this.#died(code ?? 1, signal, performance.now() - begun));
  }

  /** As of a web process that cannot begin at all: then nothing is gained by trying for ever. */
  #died(code: number, signal: string | null, livedMs: number): void {
    this.#child = null;
    if (this.#ended) return;
    if (code === REFUSED_TO_START || (!this.#wasReady && !signal)) return void this.giveUp(code);
    this.#deaths = livedMs > WELL_AFTER_MS ? 0 : this.#deaths + 1;
    const waitMs = Math.min(AGAIN_MS_MIN * 2 ** this.#deaths, AGAIN_MS_MAX);
    process.stderr.write(`${this.file} ended (${signal ?? code}). It is started again.\n`);
    this.#again = setTimeout(() => this.start(), waitMs);
  }

  tell(message: unknown): void {
    if (this.#child?.connected) this.#child.send(message as object, () => undefined);
  }

  /** @param signal null: it ends by itself once it is let go of. */
  async end(signal: NodeJS.Signals | null): Promise<void> {
    this.#ended = true;
    if (this.#again) clearTimeout(this.#again);
    const child = this.#child;
    if (!child) return;
    const gone = once(child, "exit");
    if (signal) child.kill(signal);
    else if (child.connected) child.disconnect();
    const hard = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
    await gone;
    clearTimeout(hard);
  }
}

main().catch((error: unknown) => {
  const known = error instanceof SettingsError || (error instanceof Error && error.name === "Refusal");
  process.stderr.write(`${known ? (error as Error).message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(known ? REFUSED_TO_START : 1);
});
