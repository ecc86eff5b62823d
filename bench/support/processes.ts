import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { build } from "esbuild";

/** Of one process: its resident memory now, and the most since the last question; its processor time so far. */
export interface Usage {
  readonly nowMib: number;
  readonly peakMib: number;
  readonly processorMs: number;
}

/** A part of a benchmark in a process of its own, so that its memory and its time are its own. */
export interface Part {
  readonly url: string;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

/** As the starter and `server.ts` have it. */
const WITH = ["--max-semi-space-size=32", "--heap-growing-percent=100"];

/** @param more of Node's own options. */
export async function startPart(file: string, env: Readonly<Record<string, string>> = {}, more: readonly string[] = []): Promise<Part> {
  const child = fork(await bundled(file), [], {
    execArgv: [...WITH, ...more],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env } as unknown as NodeJS.ProcessEnv,
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const first = await Promise.race([once(child, "message"), once(child, "exit").then(() => null)]);
  if (!first) throw new Error(`${file} did not start.`);
  const [{ url }] = first as [{ url: string }];
  return { url, usage: () => ask(child), stop: () => end(child) };
}

const DIST = join(import.meta.dirname, "../../dist/bench");
const bundles = new Map<string, Promise<string>>();

/** As `npm run build` makes a process: what a loader adds for developers is not measured. */
function bundled(file: string): Promise<string> {
  const outfile = join(DIST, file.replace(/\.ts$/, ".mjs"));
  const options = { bundle: true, packages: "external", platform: "node", format: "esm", target: "node20", logLevel: "error" } as const;
  const made = bundles.get(file) ?? build({ entryPoints: [join(import.meta.dirname, file)], outfile, ...options }).then(() => outfile);
  bundles.set(file, made);
  return made;
}

async function ask(child: ChildProcess): Promise<Usage> {
  child.send("usage");
  const [answer] = await once(child, "message");
  return answer as Usage;
}

async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, "exit");
  child.disconnect();
  await gone;
}

const SAMPLE_MS = 20;
const MIB = 1024 * 1024;

/** In the part: says where it is, answers questions about itself, and ends with its parent. */
export function reportTo(url: string, onEnd: () => Promise<unknown> = async () => undefined): void {
  let peak = 0;
  const rss = () => process.memoryUsage.rss() / MIB;
  setInterval(() => {
    peak = Math.max(peak, rss());
  }, SAMPLE_MS).unref();
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ nowMib: rss(), peakMib: Math.max(peak, rss()), processorMs: (user + system) / 1000 } satisfies Usage);
    peak = 0;
  });
  process.on("disconnect", () => void onEnd().finally(() => process.exit(0)));
  process.send?.({ url });
}
