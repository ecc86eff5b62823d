import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { type LentAccess, ValetRefusal } from "../../../client/src/index.ts";
import { type AgentHand, asAgent } from "../agent.ts";
import type { Context, Environment } from "../context.ts";
import { EXIT, Failure, tell } from "../failure.ts";
import { googleFile } from "../googleFile.ts";
import { type Loopback, openLoopback, type Spent } from "../loopback.ts";
import { needsGoogleFile, PLACEHOLDER, variablesFor } from "../variables.ts";

interface Options {
  readonly agent?: string;
  readonly connector?: readonly string[];
  readonly grant?: readonly string[];
  readonly passCredentials?: boolean;
}

const more = (value: string, before: readonly string[] = []) => [...before, value];

export function addRun(program: Command, context: Context): void {
  program
    .command("run")
    .description(
      "Run a program as an agent: what is lent is in its environment, kept fresh, and gone when it ends. stdout is the program's own.",
    )
    .argument("<command...>", "after two dashes: valet run --agent triage -- node agent.js")
    .option("--agent <name>", "an agent that is kept on this machine; else the environment's")
    .option("--connector <connector>", "only what is lent at this SaaS; several times", more)
    .option("--grant <id>", "only this grant; several times", more)
    .option("--pass-credentials", "leave the agent's own credentials in the environment, for a program that uses @valet/client")
    .action(async (command: readonly string[], options: Options) => {
      const hand = await asAgent(context, options.agent);
      const spent = await leaseAll(context, hand, await choose(context, hand, options));
      process.exitCode = await runWith(context, hand, spent, command, options.passCredentials === true);
    });
}

type Chosen = Pick<Spent, "connector" | "options"> & { readonly named: boolean };

/** What the run may spend: the grants that were named, those at the connectors that were named, or every live one. */
async function choose(context: Context, hand: AgentHand, { connector: connectors = [], grant }: Options): Promise<Chosen[]> {
  if (hand.proof.kind !== "secret") return byName(connectors);
  const ids = grant ?? (context.env.VALET_GRANT ? [context.env.VALET_GRANT] : []);
  const { agent, access } = await hand.valet.access();
  const live = access.filter(({ state }) => state === "live");
  const wanted = live.filter(
    (one) => (connectors.length === 0 || connectors.includes(one.connector)) && (ids.length === 0 || ids.includes(one.grantId)),
  );
  const missing =
    ids.find((id) => !wanted.some(({ grantId }) => grantId === id)) ?? connectors.find((id) => !wanted.some((one) => one.connector === id));
  if (missing !== undefined || wanted.length === 0)
    throw new Failure(EXIT.denied, `Nothing live is lent to ${agent.name}${missing === undefined ? "" : ` by ${missing}`}.`, {
      next: "Ask its person to lend it.",
      fix: `${hand.url}/grants/new?${new URLSearchParams({ agent: agent.id })}`,
      code: "nothing_lent",
    });
  return [...new Set(wanted.map(({ connector }) => connector))].flatMap((connector) => only(context, connector, wanted, connectors));
}

/** One grant per SaaS: a variable has room for one. */
function only(context: Context, connector: string, wanted: readonly LentAccess[], named: readonly string[]): Chosen[] {
  const [first, ...others] = wanted.filter((one) => one.connector === connector) as [LentAccess, ...LentAccess[]];
  if (others.length === 0) return [{ connector, options: { grant: first.grantId }, named: named.includes(connector) }];
  const message = `${others.length + 1} grants are lent at ${connector}: ${[first, ...others].map(({ grantId }) => grantId).join(", ")}.`;
  if (named.includes(connector)) throw new Failure(EXIT.usage, message, { next: "Name one with --grant." });
  context.say(`${message} Name one with --grant to have it in the run.`);
  return [];
}

function byName(connectors: readonly string[]): Chosen[] {
  if (connectors.length > 0) return connectors.map((connector) => ({ connector, options: {}, named: true }));
  throw new Failure(EXIT.usage, "Say what the run needs: --connector github.");
}

/** What was not named and is refused is told, and left out. */
async function leaseAll(context: Context, { valet }: AgentHand, chosen: readonly Chosen[]): Promise<Spent[]> {
  const found = await Promise.all(
    chosen.map(async ({ connector, options, named }) => {
      try {
        return [{ connector, options, first: await valet.lease(connector, options) }];
      } catch (error) {
        if (named || chosen.length === 1 || !(error instanceof ValetRefusal)) throw error;
        context.say(`${connector} is not in the run: ${tell(error).message}`);
        return [];
      }
    }),
  );
  const spent = found.flat();
  if (spent.length === 0) throw new Failure(EXIT.denied, "Nothing could be put into the run.", { next: "See what is lent: valet whoami" });
  return spent;
}

async function runWith(
  context: Context,
  hand: AgentHand,
  spent: readonly Spent[],
  command: readonly string[],
  pass: boolean,
): Promise<number> {
  const { env, now } = context;
  const child = new Child();
  const folder = await mkdtemp(join(tmpdir(), "valet-run-"));
  const loopback = await openLoopback({ valet: hand.valet, spent, runId: env.VALET_RUN_ID, placeholder: PLACEHOLDER, now });
  try {
    const variables = await prepare(context, spent, loopback, folder);
    return await child.run(command, { ...withoutCredentials(env, pass), VALET_URL: hand.url, ...variables });
  } finally {
    await loopback.close();
    await rm(folder, { recursive: true, force: true });
    child.stopListening();
  }
}

async function prepare(context: Context, spent: readonly Spent[], loopback: Loopback, folder: string): Promise<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const one of spent) {
    const file = join(folder, `${one.connector}.json`);
    if (needsGoogleFile(one.connector)) {
      const source = { url: loopback.subject(one.connector), format: { type: "text" } } as const;
      await writeFile(file, JSON.stringify(googleFile(loopback.tokenEndpoint(one.connector), source)), { mode: 0o600, flag: "wx" });
    }
    const own = Object.entries(variablesFor(one, loopback, file));
    const taken = own.filter(([name]) => name in variables).map(([name]) => name);
    if (taken.length > 0) context.say(`${taken.join(", ")}: already from another account; ${one.connector} is in VALET_ variables alone.`);
    for (const [name, value] of own) variables[name] ??= value;
    if (!one.first.direct)
      context.say(`${one.connector} goes through Valet's gateway: programs have to use the base URL in the environment.`);
  }
  return variables;
}

const OF_THE_AGENT = ["VALET_CLIENT_ID", "VALET_CLIENT_SECRET", "VALET_PRIVATE_KEY_FILE", "VALET_WORKLOAD_TOKEN_FILE"];

/** A program that acts as an agent never gets its person's token, and not the agent's lasting ones unless it was said. */
function withoutCredentials(env: Environment, pass: boolean): Environment {
  const left = new Set(pass ? ["VALET_TOKEN"] : ["VALET_TOKEN", ...OF_THE_AGENT]);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !left.has(name)));
}

const PASSED_ON = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;
/** As a shell says them. */
const NOT_FOUND = 127;
const NOT_RUNNABLE = 126;

/** The program of a run. Signals go to it, and the command stays until it ends, so that nothing is left behind. */
class Child {
  private kill: (signal: NodeJS.Signals) => void = (signal) => {
    this.early ??= signal;
  };
  private early: NodeJS.Signals | undefined;
  private readonly onSignal = (signal: NodeJS.Signals) => {
    // At a terminal the program has heard Ctrl-C itself.
    if (!(process.stdin.isTTY && (signal === "SIGINT" || signal === "SIGQUIT"))) this.kill(signal);
  };

  constructor() {
    for (const signal of PASSED_ON) process.on(signal, this.onSignal);
  }

  /** Its exit code, or 128 and the number of the signal that ended it. */
  run([command = "", ...rest]: readonly string[], env: Environment): Promise<number> {
    if (this.early) return Promise.resolve(128 + constants.signals[this.early]);
    return new Promise((resolve, reject) => {
      const child = spawn(command, rest, { stdio: "inherit", env: env as NodeJS.ProcessEnv });
      this.kill = (signal) => void child.kill(signal);
      child.once("error", (error: NodeJS.ErrnoException) => {
        const code = error.code === "ENOENT" ? NOT_FOUND : NOT_RUNNABLE;
        reject(new Failure(code, `${command} could not be run (${error.code}).`));
      });
      child.once("close", (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? "SIGTERM"]));
    });
  }

  stopListening(): void {
    for (const signal of PASSED_ON) process.off(signal, this.onSignal);
  }
}
