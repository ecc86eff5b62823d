import { change } from "../activity/change";
import type { PersonCtx } from "../ctx";
import { lastFour } from "../tokens/secret";
import { readName } from "./addKey";
import { createSecret, type MadeSecret } from "./credential";
import { holdCredentials, nameCredential, requireRoom } from "./holdCredentials";
import { refuseSecret } from "./secretsBanned";

/** Gives an agent one more secret, shown once; the others go on. Its owner and admins only. Refuses while secrets are banned. */
export async function addAgentSecret(
  ctx: PersonCtx,
  input: { readonly agentId: string; readonly name?: string | undefined },
): Promise<MadeSecret> {
  const name = readName(input.name);
  return change(ctx, "agent.add_credential", async (tx, row) => {
    const held = await holdCredentials(tx, ctx, input.agentId);
    const createdAt = ctx.clock.now();
    if (held.secretsBanned) throw refuseSecret();
    requireRoom(held, createdAt);
    const { agent } = held;
    const made = await createSecret(tx, { agentId: agent.id, name, createdById: ctx.actor.personId, createdAt });
    const target = nameCredential(agent, { kind: "secret", name, mark: lastFour(made.clientSecret) });
    Object.assign(row, { target, agentId: agent.id, ownerId: agent.ownerId, detail: { credentialId: made.credentialId } });
    return made;
  });
}
