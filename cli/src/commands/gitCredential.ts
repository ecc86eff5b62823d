import type { Command } from "commander";
import { asAgent, chooseGrant } from "../agent.ts";
import { type Context, readStdin } from "../context.ts";
import { EXIT, Failure } from "../failure.ts";
import { gatewayOnly } from "./gcpAdc.ts";

/** Which connectors give tokens for which git host, and the user name that goes with them. */
const HOSTS: Readonly<Record<string, { readonly connectors: readonly string[]; readonly username: string }>> = {
  "github.com": { connectors: ["github-app-installation", "github-app", "github"], username: "x-access-token" },
  "gitlab.com": { connectors: ["gitlab"], username: "oauth2" },
};
const THIS_MACHINE = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

interface Options {
  readonly agent?: string;
  readonly grant?: string;
  readonly connector?: string;
  readonly host?: string;
}

export function addGitCredential(program: Command, context: Context): void {
  program
    .command("git-credential")
    .description("As an agent: a credential helper for git. git config credential.https://github.com.helper '!valet git-credential'")
    .argument("<action>", "get, store or erase: git says which")
    .option("--agent <name>", "an agent that is kept on this machine; else the environment's")
    .option("--grant <id>", "this grant, where there are several")
    .option("--connector <connector>", "for a host of your own: which connector")
    .option("--host <host>", "for a host of your own: its name, as git says it")
    .action((action: string, options: Options) => answer(context, action, options));
}

/** gitcredentials(7): lines of name=value in, lines of name=value out. Nothing is stored, so nothing is erased. */
async function answer(context: Context, action: string, options: Options): Promise<void> {
  if (Boolean(options.connector) !== Boolean(options.host))
    throw new Failure(EXIT.usage, "--connector and --host go together: a token is for one host.");
  const asked = new Map((await readStdin()).split("\n").map((line) => splitAt(line, "=")));
  if (action !== "get") return context.print({}, () => "");
  const found = await give(context, asked.get("protocol") ?? "", asked.get("host") ?? "", options).catch((error: unknown) => {
    // Else git would go on and ask a person for a password.
    context.print({ quit: true }, () => "quit=1");
    throw error;
  });
  const answered = found ? { protocol: asked.get("protocol"), host: asked.get("host"), ...found } : {};
  const lines = Object.entries(answered).map(([name, value]) => `${name}=${value}`);
  context.print(answered, () => lines.join("\n"));
}

/** Null for a host that is none of ours: git then asks its next helper. */
async function give(context: Context, protocol: string, host: string, options: Options) {
  const place = placeOf(host, options);
  if (!place) return null;
  if (protocol !== "https" && !(protocol === "http" && THIS_MACHINE.test(host)))
    throw new Failure(EXIT.denied, `A token is not sent to ${host} over ${protocol || "nothing"}.`, { next: "Use the https address." });
  const hand = await asAgent(context, options.agent);
  const connector = place.connectors.length === 1 ? (place.connectors[0] as string) : await lentAmong(hand, place.connectors);
  const lease = await hand.valet.lease(connector, await chooseGrant(context, hand, connector, options.grant));
  if (!lease.direct) throw gatewayOnly(connector, lease.apiBase);
  return { username: place.username, password: lease.accessToken, password_expiry_utc: String(Math.floor(lease.expiresAt / 1000)) };
}

function placeOf(host: string, { connector, host: own }: Options) {
  if (connector) return host === own ? { connectors: [connector], username: connector === "gitlab" ? "oauth2" : "x-access-token" } : null;
  return Object.hasOwn(HOSTS, host) ? HOSTS[host] : null;
}

/** The first of these that something live is lent at; the first of all, to be refused by name, where there is none. */
async function lentAmong({ valet, proof }: Awaited<ReturnType<typeof asAgent>>, connectors: readonly string[]): Promise<string> {
  const lent = proof.kind === "secret" ? (await valet.access()).access.filter(({ state }) => state === "live") : [];
  return connectors.find((connector) => lent.some((one) => one.connector === connector)) ?? (connectors.at(-1) as string);
}

function splitAt(line: string, sign: string): [string, string] {
  const at = line.indexOf(sign);
  return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
}
