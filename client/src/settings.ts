import { ValetError } from "./errors.ts";
import type { Proof } from "./proof.ts";

/** How to reach a Valet and prove oneself there. What is left out is read from the environment. */
export interface ValetOptions {
  /** `VALET_URL`: the origin of the Valet, "https://valet.example.com". */
  readonly url?: string;
  /** How the agent proves who it is. */
  readonly proof?: Proof;
  /** `VALET_RUN_ID`: the run that all of this belongs to. */
  readonly runId?: string;
  /** Another fetch: a test's, or one with a proxy. */
  readonly fetch?: typeof fetch;
  /** Milliseconds since 1970, for tests. */
  readonly now?: () => number;
}

export interface Settings {
  readonly url: string;
  readonly proof: Proof;
  readonly runId: string | undefined;
  readonly fetch: typeof fetch;
  readonly now: () => number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws ValetError that names the variable that is missing or wrong, and never its value. */
export function readSettings(options: ValetOptions, environment: Environment = readEnvironment()): Settings {
  return {
    url: readUrl(options.url ?? environment.VALET_URL),
    proof: options.proof ?? readProof(environment),
    runId: options.runId ?? environment.VALET_RUN_ID,
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    now: options.now ?? Date.now,
  };
}

/** The origin of a Valet. @throws ValetError when it is missing, no address, or plain http to another machine. */
export function readUrl(given: string | undefined): string {
  if (!given) throw new ValetError("Set VALET_URL to the origin of your Valet, such as https://valet.example.com.");
  const url = URL.canParse(given) ? new URL(given) : null;
  if (!url || !/^https?:$/.test(url.protocol)) throw new ValetError("VALET_URL is not an http or https address.");
  const isHere = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url.protocol === "http:" && !isHere) throw new ValetError("VALET_URL has to be https: secrets would go over it in the clear.");
  return url.origin;
}

/** A workload's own token before a key, a key before a secret. */
export function readProof(environment: Environment): Proof {
  const { VALET_WORKLOAD_TOKEN_FILE, VALET_CLIENT_ID, VALET_PRIVATE_KEY_FILE, VALET_CLIENT_SECRET } = environment;
  const clientId = VALET_CLIENT_ID ? { clientId: VALET_CLIENT_ID } : {};
  if (VALET_WORKLOAD_TOKEN_FILE) return { kind: "workload", token: () => readFile(VALET_WORKLOAD_TOKEN_FILE), ...clientId };
  if (VALET_CLIENT_ID && VALET_PRIVATE_KEY_FILE)
    return { kind: "key", clientId: VALET_CLIENT_ID, privateKey: () => readFile(VALET_PRIVATE_KEY_FILE) };
  if (VALET_CLIENT_ID && VALET_CLIENT_SECRET) return { kind: "secret", clientId: VALET_CLIENT_ID, clientSecret: VALET_CLIENT_SECRET };
  throw new ValetError(
    "Say how this agent proves itself: VALET_WORKLOAD_TOKEN_FILE, or VALET_CLIENT_ID with VALET_PRIVATE_KEY_FILE or VALET_CLIENT_SECRET.",
  );
}

/** Node, Bun and Deno have it; where there is none, everything is given as options. */
function readEnvironment(): Environment {
  const { process } = globalThis as { process?: { env?: Environment } };
  return process?.env ?? {};
}

/** Named apart from the import: a bundle for browsers has no such module, and never comes here. */
const FILES = "node:fs/promises";

/** Asked for with every proof: platforms replace the file before its token ends. */
async function readFile(path: string): Promise<string> {
  const files = (await import(/* webpackIgnore: true */ /* @vite-ignore */ FILES)) as typeof import("node:fs/promises");
  return (await files.readFile(path, "utf8")).trim();
}
