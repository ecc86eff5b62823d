import { change } from "../activity/change";
import type { PersonCtx } from "../ctx";
import { newId } from "../ids";
import { readText } from "../people/rules";
import { createSecret } from "./credential";
import { AGENT_NAME_CHARACTERS_MAX, AGENT_PURPOSE_CHARACTERS_MAX } from "./rules";
import { holdSecretsBanned } from "./secretsBanned";

export interface RegisteredAgent {
  readonly agentId: string;
  /** Its id, as OAuth calls it. */
  readonly clientId: string;
  /** `vlt_agt_...`, shown once; only its hash is kept. Null where secrets are banned: give it a key. */
  readonly clientSecret: string | null;
}

/** Makes an agent that the actor owns, with a secret unless those are banned. It can do nothing until something is lent to it. */
export async function registerAgent(ctx: PersonCtx, input: { readonly name: string; readonly purpose: string }): Promise<RegisteredAgent> {
  const name = readText("name", input.name, AGENT_NAME_CHARACTERS_MAX);
  const purpose = readText("purpose", input.purpose, AGENT_PURPOSE_CHARACTERS_MAX);
  return change(ctx, "agent.register", async (tx, row) => {
    const createdAt = ctx.clock.now();
    const id = newId("agt", createdAt);
    await tx.agent.create({ data: { id, name, purpose, ownerId: ctx.actor.personId, createdAt } });
    const about = { agentId: id, name: "", createdById: ctx.actor.personId, createdAt };
    const clientSecret = (await holdSecretsBanned(tx)) ? null : (await createSecret(tx, about)).clientSecret;
    row.target = name;
    row.agentId = id;
    return { agentId: id, clientId: id, clientSecret };
  });
}
