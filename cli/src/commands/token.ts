import type { Command } from "commander";
import { asAgent, chooseGrant } from "../agent.ts";
import { readScopeList } from "../bounds.ts";
import type { Context } from "../context.ts";

export interface LeaseArguments {
  readonly agent?: string;
  readonly grant?: string;
  readonly scopes?: string;
}

/** What every command that fetches access as an agent takes. */
export function addLeaseOptions(command: Command): Command {
  return command
    .option("--agent <name>", "as an agent that is kept on this machine; else the environment's")
    .option("--grant <id>", "this grant, where there are several")
    .option("--scopes <names>", "less than the grant has");
}

export async function takeLease(context: Context, connector: string, { agent, grant, scopes }: LeaseArguments) {
  const hand = await asAgent(context, agent);
  const chosen = await chooseGrant(context, hand, connector, grant);
  return hand.valet.lease(connector, { ...chosen, ...(scopes ? { scopes: readScopeList(scopes) } : {}) });
}

export function addToken(program: Command, context: Context): void {
  addLeaseOptions(
    program
      .command("token")
      .description("As an agent: a short-lived token, and nothing else, on stdout.")
      .argument("<connector>", "which SaaS: github, google, slack ..."),
  ).action(async (connector: string, options: LeaseArguments) => {
    const { accessToken, apiBase, expiresAt, scopes, direct } = await takeLease(context, connector, options);
    const told = { access_token: accessToken, api_base: apiBase, expires_at: new Date(expiresAt).toISOString(), scopes, direct };
    context.print(told, () => accessToken);
    if (!direct) context.say(`It works at ${apiBase} and nowhere else.`);
  });
}
