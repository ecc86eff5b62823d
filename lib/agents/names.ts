import type { PersonCtx } from "../ctx";
import { preparedRead } from "../db";

export interface AgentName {
  readonly id: string;
  readonly name: string;
}

const NAMES = `select a.id, a.name from agents a where $1
  or $2 in (a.owner_id, a.second_owner_id, a.sponsor_id) or a.id in (select agent_id from grants where person_id = $2)
  order by lower(a.name), a.id`;

/** The agents that a reader can have rows of, by name: those they answer for, and those they ever lent to; admins and auditors all. */
export function listAgentNames(ctx: PersonCtx): Promise<AgentName[]> {
  return preparedRead<AgentName & Record<string, unknown>>(ctx.db, "agent_names", NAMES, [ctx.actor.role !== "member", ctx.actor.personId]);
}
