import { rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { asAgent, chooseGrant } from "../agent.ts";
import type { Context } from "../context.ts";
import { EXIT, Failure } from "../failure.ts";
import { googleFile } from "../googleFile.ts";

interface Options {
  readonly out: string;
  readonly agent?: string;
  readonly grant?: string;
  readonly connector: string;
}

export function addGcpAdc(program: Command, context: Context): void {
  program
    .command("gcp-adc")
    .description("As an agent: a credentials file for Google's libraries (GOOGLE_APPLICATION_CREDENTIALS), with the agent's secret in it.")
    .requiredOption("--out <file>", "where to write it; the grant's id goes into <file>.grant")
    .addOption(new Option("--connector <connector>", "which of Google's").default("google"))
    .option("--agent <name>", "an agent that is kept on this machine; else the environment's")
    .option("--grant <id>", "this grant, where there are several")
    .action((options: Options) => write(context, options));
}

async function write(context: Context, { out, agent, grant: named, connector }: Options): Promise<void> {
  const hand = await asAgent(context, agent);
  if (hand.proof.kind !== "secret")
    throw new Failure(EXIT.failure, "Google's libraries can only send a secret, and this agent has none.", {
      next: "Run the program under valet run: then nothing but Valet's own command proves the agent.",
    });
  const { grant = "" } = await chooseGrant(context, hand, connector, named);
  const lease = await hand.valet.lease(connector, { grant });
  if (!lease.direct) throw gatewayOnly(connector, lease.apiBase);
  const path = resolve(out);
  await writeSecret(`${path}.grant`, grant);
  const { clientId, clientSecret } = hand.proof;
  await writeSecret(
    path,
    JSON.stringify(googleFile(`${hand.url}/oauth/token`, { file: `${path}.grant` }, { clientId, clientSecret }), null, 2),
  );
  context.print({ file: path, grant }, () => path);
  context.say(`export GOOGLE_APPLICATION_CREDENTIALS=${path}`);
}

/** A program that talks to the SaaS itself cannot use a token for Valet's gateway, and must not send it there. */
export function gatewayOnly(connector: string, apiBase: string): Failure {
  return new Failure(EXIT.denied, `The grant at ${connector} goes through Valet's gateway, and this program talks to the SaaS itself.`, {
    next: `Lend a grant that the SaaS itself can hold (valet grants create --delivery direct), or call ${apiBase}.`,
    code: "gateway_only",
  });
}

async function writeSecret(path: string, text: string): Promise<void> {
  await rm(path, { force: true });
  await writeFile(path, text, { mode: 0o600, flag: "wx" });
}
