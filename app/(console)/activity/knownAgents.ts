import { listAgents } from "@/lib/agents/list";
import type { PersonCtx } from "@/lib/ctx";
import { listGrants } from "@/lib/grants/list";

/** The agents a reader can have rows of: their own, and those they lent to. */
export async function knownAgents(ctx: PersonCtx): Promise<[string, string][]> {
  if (ctx.actor.role !== "member") return (await listAgents(ctx, { scope: "all" })).map((one) => [one.id, one.name]);
  const [mine, grants] = await Promise.all([listAgents(ctx, { scope: "mine" }), listGrants(ctx)]);
  return [
    ...new Map([...mine.map((one) => [one.id, one.name] as const), ...grants.map((grant) => [grant.agentId, grant.agentName] as const)]),
  ];
}
