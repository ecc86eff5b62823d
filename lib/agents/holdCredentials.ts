import type { Ctx } from "../ctx";
import type { Tx } from "../db";
import { notFound, Refusal } from "../errors";
import { type HeldAgent, holdAgent } from "./hold";
import { CREDENTIALS_MAX, credentialState } from "./rules";
import { holdSecretsBanned } from "./secretsBanned";

/** An agent and all its credentials that were not revoked, held until the transaction ends: nobody changes them beside us. */
export interface HeldCredentials {
  readonly agent: HeldAgent;
  readonly credentials: readonly HeldCredential[];
  readonly secretsBanned: boolean;
}

export type HeldCredential = Awaited<ReturnType<typeof read>>[number];

/** Refuses `not_found` unless the actor may change the agent. */
export async function holdCredentials(tx: Tx, ctx: Ctx, agentId: string): Promise<HeldCredentials> {
  const agent = await holdAgent(tx, ctx, agentId);
  return { agent, secretsBanned: await holdSecretsBanned(tx), credentials: await read(tx, agentId) };
}

function read(tx: Tx, agentId: string) {
  return tx.agentCredential.findMany({ where: { agentId, revokedAt: null }, include: { issuer: { select: { disabledAt: true } } } });
}

/** @throws Refusal `not_found` for one that is not there, is another agent's, or was revoked. */
export function findHeld({ credentials }: HeldCredentials, credentialId: string): HeldCredential {
  const found = credentials.find(({ id }) => id === credentialId);
  if (!found) throw notFound("credential");
  return found;
}

/** Those that prove the agent at this moment. */
export function working({ credentials, secretsBanned }: HeldCredentials, now: Date): readonly HeldCredential[] {
  return credentials.filter((one) => credentialState(one, { now, secretsBanned }) === "live");
}

/** @throws Refusal `conflict` when there is no room for one more. */
export function requireRoom({ credentials }: HeldCredentials, now: Date): void {
  const live = credentials.filter(({ expiresAt }) => !expiresAt || expiresAt > now);
  if (live.length < CREDENTIALS_MAX) return;
  throw new Refusal("conflict", `An agent has ${CREDENTIALS_MAX} credentials at most. Revoke one that is not used any more.`, {
    reason: "credentials_full",
  });
}

/** What a row of activity says a credential is: never the secret. */
export function nameCredential(
  agent: HeldAgent,
  { kind, name, mark }: { readonly kind: string; readonly name: string; readonly mark: string },
) {
  return `${agent.name}: ${kind}${name ? ` "${name}"` : ""} …${mark}`;
}

/** The characters by which a credential is told from the others. */
export function markOf({ lastFour, thumbprint, id }: Pick<HeldCredential, "lastFour" | "thumbprint" | "id">): string {
  return lastFour ?? (thumbprint ?? id).slice(-4);
}
