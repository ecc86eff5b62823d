import type { Tx } from "../db";
import { newId } from "../ids";
import type { AgentKey } from "../tokens/publicKey";
import { hashSecret, lastFour, newSecret } from "../tokens/secret";

/** Whose it is, what it is called, and who made it when. */
export interface CredentialAbout {
  readonly agentId: string;
  readonly name: string;
  readonly createdById: string | null;
  readonly createdAt: Date;
}

export interface MadeSecret {
  readonly credentialId: string;
  /** `vlt_agt_...`, shown once; only its hash is kept. */
  readonly clientSecret: string;
}

/** Gives an agent a new secret and answers it, for the one time it is shown. */
export async function createSecret(tx: Tx, about: CredentialAbout): Promise<MadeSecret> {
  const [credentialId, clientSecret] = [newId("crd", about.createdAt), newSecret("agt")];
  const kept = { hash: hashSecret(clientSecret), lastFour: lastFour(clientSecret) };
  await tx.agentCredential.create({ data: { ...about, id: credentialId, kind: "secret", ...kept } });
  return { credentialId, clientSecret };
}

/** Lets an agent prove itself by a key whose private half Valet never sees. */
export async function createKey(tx: Tx, about: CredentialAbout, { publicJwk, thumbprint }: AgentKey): Promise<{ credentialId: string }> {
  const credentialId = newId("crd", about.createdAt);
  await tx.agentCredential.create({ data: { ...about, id: credentialId, kind: "key", publicJwk: publicJwk as object, thumbprint } });
  return { credentialId };
}
