import { fork } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const GUARD = pathToFileURL(join(import.meta.dirname, "die-with-parent.mjs")).href;
const PATIENCE_MS = 8_000;

/** The demo's processes. Each has a session of its own, so that Ctrl-C reaches the supervisor alone, which ends them in order. */
export class Children {
  #running = [];

  /** @param log where what they print goes; @param onDeath called when one ends that nobody ended */
  constructor(log, onDeath) {
    this.log = openSync(log, "w", 0o600);
    this.onDeath = onDeath;
  }

  /** Starts one; answers with its process and its first message, or with undefined once it has ended. */
  start(name, path, env) {
    const child = fork(path, [], {
      env: { ...process.env, ...env },
      execArgv: ["--import", GUARD],
      stdio: ["ignore", this.log, this.log, "ipc"],
      detached: true,
    });
    this.#running.push(child);
    child.once("exit", (code, signal) => this.#ended(name, child, code ?? signal));
    const firstMessage = Promise.race([once(child, "message").then(([message]) => message), once(child, "exit").then(() => undefined)]);
    return { child, firstMessage };
  }

  #ended(name, child, how) {
    const expected = !this.#running.includes(child);
    this.#running = this.#running.filter((one) => one !== child);
    if (!expected) this.onDeath(`${name} ended (${how}).`);
  }

  /** Ends all, the last started first. */
  async stop() {
    const running = this.#running.reverse();
    this.#running = [];
    for (const child of running) await end(child);
  }
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const hard = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
  await gone;
  clearTimeout(hard);
}
