import type { Tx } from "../db";
import { newId } from "../ids";
import { hashSecret, lastFour, newSecret } from "../tokens/secret";

/** Gives an agent a new secret and answers it, for the one time it is shown. */
export async function createCredential(tx: Tx, agentId: string, createdAt: Date): Promise<string> {
  const secret = newSecret("agt");
  const kept = { hash: hashSecret(secret), lastFour: lastFour(secret) };
  await tx.agentCredential.create({ data: { id: newId("crd", createdAt), agentId, kind: "secret", ...kept, createdAt } });
  return secret;
}
