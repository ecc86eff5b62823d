import type { Command } from "commander";
import { describeAccess } from "../../../client/src/index.ts";
import { asAgent, hasAgent } from "../agent.ts";
import type { Context } from "../context.ts";
import { asPerson, hasPerson } from "../person.ts";
import type { Me } from "../wire.ts";

export function addWhoami(program: Command, context: Context): void {
  program
    .command("whoami")
    .description("Who you are here: a person, or an agent with what it was lent.")
    .option("--agent <name>", "as an agent that is kept on this machine")
    .action(async ({ agent }: { readonly agent?: string }) => {
      const isAgent = agent !== undefined || (hasAgent(context) && !(await hasPerson(context)));
      await (isAgent ? tellAgent(context, agent) : tellPerson(context));
    });
}

async function tellPerson(context: Context): Promise<void> {
  const person = await asPerson(context);
  const me = await person.get<Me>("/me");
  context.print({ kind: "person", url: person.url, ...me }, () => `${me.name} (${me.email}), ${me.role} at ${person.url}`);
}

async function tellAgent(context: Context, name: string | undefined): Promise<void> {
  const { url, valet } = await asAgent(context, name);
  const { agent, access } = await valet.access();
  const lines = () => [`${agent.name} (${agent.id}), an agent at ${url}`, ...access.map((one) => `  ${describeAccess(one)}`)].join("\n");
  context.print({ kind: "agent", url, ...agent, access }, lines);
}
