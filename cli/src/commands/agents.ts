import type { Command } from "commander";
import { ask } from "../../../client/src/ask.ts";
import { prove } from "../../../client/src/proof.ts";
import { type Context, readStdin } from "../context.ts";
import { EXIT, Failure } from "../failure.ts";
import { findAgent } from "../find.ts";
import { changeKept, readKept } from "../kept.ts";
import { asPerson } from "../person.ts";
import { minute, oneLine, table } from "../table.ts";
import type { AgentRow, List } from "../wire.ts";

export function addAgents(program: Command, context: Context): void {
  const agents = program.command("agents").description("Your agents: list, create, pause, resume, keep.");
  agents
    .command("list")
    .description("Your agents.")
    .option("--all", "everybody's (admins and auditors)")
    .action(({ all }: { readonly all?: boolean }) => list(context, all ? "all" : "mine"));
  agents
    .command("create")
    .description("Register an agent. Its secret is printed this once, or kept on this machine.")
    .argument("<name>", "what people will read: triage")
    .option("--purpose <text>", "what it is for, in a sentence", "Made with the valet command")
    .option("--keep", "keep its secret here, for --agent, and do not print it")
    .action((name: string, options: CreateOptions) => create(context, name, options));
  for (const act of ["pause", "resume"] as const)
    agents
      .command(act)
      .description(act === "pause" ? "Pause an agent: its next call is refused." : "Let a paused agent go on.")
      .argument("<agent>", "its name or id")
      .action((agent: string) => turn(context, act, agent));
  agents
    .command("keep")
    .description("Keep an agent's secret on this machine. It is read from stdin.")
    .argument("<id>", "the agent's id (agt_...)")
    .requiredOption("--name <name>", "what --agent will call it")
    .action((clientId: string, { name }: { readonly name: string }) => keep(context, clientId, name));
}

async function list(context: Context, scope: string): Promise<void> {
  const { data } = await (await asPerson(context)).get<List<AgentRow>>("/agents", { scope });
  const rows = () => data.map((one) => [one.id, one.name, one.status, String(one.live_grants), minute(one.last_used_at), one.owner_name]);
  context.print(data, () => (data.length === 0 ? "" : table(["ID", "NAME", "STATUS", "GRANTS", "LAST USED", "OWNER"], rows())));
  if (data.length === 0) context.say("No agents yet. Make one: valet agents create <name>");
}

interface CreateOptions {
  readonly purpose: string;
  readonly keep?: boolean;
}

async function create(context: Context, name: string, options: CreateOptions): Promise<void> {
  const person = await asPerson(context);
  // Asked first: a secret that is shown once must not be lost to a name that is taken.
  if (options.keep) await refuseTaken(context, person.url, name);
  const made = await person.post<AgentRow>("/agents", { name, purpose: options.purpose });
  const { client_id: clientId = made.id, client_secret: clientSecret = "", ...shown } = made;
  if (!options.keep) {
    context.print(
      { ...shown, client_id: clientId, client_secret: clientSecret },
      () => `VALET_CLIENT_ID=${clientId}\nVALET_CLIENT_SECRET=${clientSecret}`,
    );
    return context.say("The secret is shown this once.");
  }
  await changeKept(context.env, person.url, (kept) => ({ ...kept, agents: { ...kept.agents, [name]: { clientId, clientSecret } } }));
  context.print({ ...shown, client_id: clientId }, () => clientId);
  context.say(`Kept on this machine: valet run --agent ${name} -- <command>`);
}

async function refuseTaken(context: Context, url: string, name: string): Promise<void> {
  if (!(await readKept(context.env, url)).agents?.[name]) return;
  throw new Failure(EXIT.usage, `An agent is kept as ${name} on this machine already.`, { next: "Choose another name." });
}

async function turn(context: Context, act: "pause" | "resume", wanted: string): Promise<void> {
  const person = await asPerson(context);
  const { id } = await findAgent(person, wanted, "mine");
  const agent = await person.post<AgentRow>(`/agents/${encodeURIComponent(id)}/${act}`);
  context.print(agent, () => `${agent.id} ${oneLine(agent.name)} ${agent.status}`);
}

async function keep(context: Context, clientId: string, name: string): Promise<void> {
  const url = await context.url();
  await refuseTaken(context, url, name);
  const clientSecret = await readStdin();
  if (!clientSecret) throw new Failure(EXIT.usage, "No secret came on stdin.");
  // A wrong secret is told now, not in the middle of a run.
  const { headers } = await prove({ kind: "secret", clientId, clientSecret }, url, context.now());
  await ask({ url, fetch }, "/api/v1/agent/access", { headers });
  await changeKept(context.env, url, (kept) => ({ ...kept, agents: { ...kept.agents, [name]: { clientId, clientSecret } } }));
  context.print({ client_id: clientId, name }, () => "");
  context.say(`Kept on this machine: valet run --agent ${name} -- <command>`);
}
