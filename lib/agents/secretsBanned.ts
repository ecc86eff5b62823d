import type { ReadDb, Tx } from "../db";
import { Refusal } from "../errors";

/** Whether the policy refuses secrets, as it stands now. */
export async function secretsBanned(db: ReadDb): Promise<boolean> {
  const instance = await db.instance.findUnique({ where: { id: 1 }, select: { secretsBanned: true } });
  return instance?.secretsBanned ?? false;
}

/** The same, held until the transaction ends: a ban comes before it or after it. */
export async function holdSecretsBanned(tx: Tx): Promise<boolean> {
  const [instance] = await tx.$queryRaw<{ banned: boolean }[]>`SELECT secrets_banned AS banned FROM instance WHERE id = 1 FOR SHARE`;
  return instance?.banned ?? false;
}

export function refuseSecret(): Refusal {
  return new Refusal("forbidden", "Secrets are banned on this Valet. Give the agent a key instead: its public half, as a JWK or PEM.", {
    reason: "secrets_banned",
    next: "Add a key on the agent's page, or with POST /api/v1/agents/{agent_id}/credentials.",
  });
}
