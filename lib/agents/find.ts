import { z } from "zod";
import type { PersonCtx } from "../ctx";
import { DIRECTORY_PAGE_MAX, type Directory, directoryFilter, listDirectory } from "./directory";
import { type AgentSummary, summarizeAgents } from "./list";

const { standing, connector, text, page, limit } = directoryFilter.shape;
export const findAgentsInput = z.strictObject({
  scope: z.enum(["mine", "lendable", "all"]).default("mine"),
  standing,
  connector,
  text,
  page,
  limit: limit.unwrap().default(DIRECTORY_PAGE_MAX),
});

export interface FoundAgents extends Omit<Directory, "agents"> {
  readonly agents: readonly AgentSummary[];
}

/** One page of the agents of a scope, as the directory finds and sorts them and as their list tells of them. `all` is for admins and auditors. */
export async function findAgents(ctx: PersonCtx, input: z.input<typeof findAgentsInput>): Promise<FoundAgents> {
  const { agents, ...found } = await listDirectory(ctx, findAgentsInput.parse(input));
  const { scope = "mine" } = input;
  return { ...found, agents: await summarizeAgents(ctx, { scope, agentIds: agents.map(({ id }) => id) }) };
}
