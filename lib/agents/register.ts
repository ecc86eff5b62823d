import { change } from "../activity/change";
import type { PersonCtx } from "../ctx";
import { newId } from "../ids";
import { readText } from "../people/rules";
import { createSecret } from "./credential";
import { holdAnswering } from "./holdAnswering";
import { type AnsweringEmails, namePeople } from "./namePeople";
import { AGENT_NAME_CHARACTERS_MAX, AGENT_PURPOSE_CHARACTERS_MAX, planOwners } from "./rules";
import { holdSecretsBanned } from "./secretsBanned";

export interface RegisteredAgent {
  readonly agentId: string;
  /** Its id, as OAuth calls it. */
  readonly clientId: string;
  /** `vlt_agt_...`, shown once; only its hash is kept. Null where secrets are banned: give it a key. */
  readonly clientSecret: string | null;
}

export interface RegisterInput extends Pick<AnsweringEmails, "secondOwner" | "sponsor"> {
  readonly name: string;
  readonly purpose: string;
}

/**
 * Makes an agent that the actor owns, with a second owner and a sponsor where they are named, and with a secret unless those are
 * banned. It can do nothing until something is lent to it.
 */
export async function registerAgent(ctx: PersonCtx, input: RegisterInput): Promise<RegisteredAgent> {
  const name = readText("name", input.name, AGENT_NAME_CHARACTERS_MAX);
  const purpose = readText("purpose", input.purpose, AGENT_PURPOSE_CHARACTERS_MAX);
  const { secondOwner, sponsor } = input;
  const nobody = { ownerId: ctx.actor.personId, secondOwnerId: null, sponsorId: null };
  const answering = planOwners(nobody, await namePeople(ctx, { secondOwner, sponsor }));
  return change(ctx, "agent.register", async (tx, row) => {
    const createdAt = ctx.clock.now();
    const id = newId("agt", createdAt);
    await holdAnswering(tx, null, answering);
    await tx.agent.create({ data: { id, name, purpose, ...answering, createdAt } });
    const about = { agentId: id, name: "", createdById: ctx.actor.personId, createdAt };
    const clientSecret = (await holdSecretsBanned(tx)) ? null : (await createSecret(tx, about)).clientSecret;
    row.target = name;
    row.agentId = id;
    return { agentId: id, clientId: id, clientSecret };
  });
}
