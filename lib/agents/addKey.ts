import { change } from "../activity/change";
import type { PersonCtx } from "../ctx";
import type { Tx } from "../db";
import { Refusal } from "../errors";
import { badField, readText } from "../people/rules";
import { type AgentKey, KeyRefused, readPublicKey } from "../tokens/publicKey";
import { createKey } from "./credential";
import { type HeldCredentials, holdCredentials, nameCredential, requireRoom } from "./holdCredentials";
import { CREDENTIAL_NAME_CHARACTERS_MAX } from "./rules";

export interface KeyInput {
  readonly agentId: string;
  /** Its owner's word for it: "CI". May be empty. */
  readonly name?: string | undefined;
  /** A public JWK, or SPKI as PEM. */
  readonly publicKey: string;
}

/**
 * Lets an agent prove itself by a key of its own (`private_key_jwt`). Its owner and admins only.
 *
 * Refuses `invalid_request` for anything that is not one public key, and loudly for a private one: nothing of it is kept.
 */
export async function addAgentKey(ctx: PersonCtx, input: KeyInput): Promise<{ credentialId: string }> {
  const [name, key] = [readName(input.name), await readKey(input.publicKey)];
  return change(ctx, "agent.add_credential", async (tx, row) => {
    const held = await holdCredentials(tx, ctx, input.agentId);
    const createdAt = ctx.clock.now();
    requireRoom(held, createdAt);
    await makeRoomFor(tx, held, key, createdAt);
    const { agent } = held;
    const made = await createKey(tx, { agentId: agent.id, name, createdById: ctx.actor.personId, createdAt }, key);
    const target = nameCredential(agent, { kind: "key", name, mark: key.thumbprint.slice(-4) });
    Object.assign(row, { target, agentId: agent.id, ownerId: agent.ownerId, detail: { credentialId: made.credentialId } });
    return made;
  });
}

/** A key stands once among those of an agent; one that ended by itself may come back. */
export async function makeRoomFor(tx: Tx, { credentials }: HeldCredentials, { thumbprint }: AgentKey, now: Date): Promise<void> {
  const same = credentials.find((one) => one.thumbprint === thumbprint);
  if (!same) return;
  if (!same.expiresAt || same.expiresAt > now) {
    throw new Refusal("conflict", "The agent has this key already. Make a new pair for a new credential.", { reason: "key_known" });
  }
  await tx.agentCredential.update({ where: { id: same.id }, data: { revokedAt: now } });
}

export async function readKey(pasted: string): Promise<AgentKey> {
  if (!pasted.trim()) throw keyNeeded();
  try {
    return await readPublicKey(pasted);
  } catch (error) {
    if (!(error instanceof KeyRefused)) throw error;
    throw new Refusal("invalid_request", error.message, { reason: error.reason, fields: { publicKey: error.message } });
  }
}

export function readName(name: string | undefined): string {
  return name?.trim() ? readText("name", name, CREDENTIAL_NAME_CHARACTERS_MAX) : "";
}

/** @throws Refusal `invalid_request` naming the field: a key has to come with it. */
export function keyNeeded(): Refusal {
  return badField("publicKey", "Give the public half of the key: a JWK, or PEM that begins with BEGIN PUBLIC KEY.");
}
