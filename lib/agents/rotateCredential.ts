import { change } from "../activity/change";
import type { PersonCtx } from "../ctx";
import type { Tx } from "../db";
import { Refusal } from "../errors";
import type { AgentKey } from "../tokens/publicKey";
import { keyNeeded, makeRoomFor, readKey } from "./addKey";
import { type CredentialAbout, createKey, createSecret } from "./credential";
import {
  findHeld,
  type HeldCredential,
  type HeldCredentials,
  holdCredentials,
  markOf,
  nameCredential,
  requireRoom,
} from "./holdCredentials";
import { refuseSecret } from "./secretsBanned";

/** How long the one before goes on, in seconds. */
export const OVERLAPS = { "0": 0, "1h": 3_600, "24h": 86_400, "7d": 604_800 } as const;
export type Overlap = keyof typeof OVERLAPS;

export interface RotateInput {
  readonly agentId: string;
  readonly credentialId: string;
  readonly overlap: Overlap;
  /** The new key, when it is a key that is rotated. */
  readonly publicKey?: string | undefined;
}

export interface Rotated {
  readonly credentialId: string;
  /** Set when a secret was rotated: shown once. */
  readonly clientSecret?: string;
  /** When the one before ends. */
  readonly beforeEndsAt: Date;
}

/**
 * Puts a new secret or key in the place of one; both work until the one before ends. Its owner and admins only.
 *
 * Refuses `conflict` for one that ends already, and for a workload: its platform rotates by itself.
 */
export async function rotateCredential(ctx: PersonCtx, input: RotateInput): Promise<Rotated> {
  const key = input.publicKey?.trim() ? await readKey(input.publicKey) : null;
  return change(ctx, "agent.rotate_credential", async (tx, row) => {
    const held = await holdCredentials(tx, ctx, input.agentId);
    const now = ctx.clock.now();
    const before = findHeld(held, input.credentialId);
    requireLasting(before);
    if (input.overlap !== "0") requireRoom(held, now);
    const about = { agentId: held.agent.id, name: before.name, createdById: ctx.actor.personId, createdAt: now };
    const made = before.kind === "secret" ? await nextSecret(tx, held, about) : await nextKey(tx, held, about, key);
    const beforeEndsAt = await endBefore(tx, before, now, input.overlap);
    const target = nameCredential(held.agent, { ...before, mark: markOf(before) });
    const detail = { credentialId: made.credentialId, before: before.id, overlap: input.overlap };
    Object.assign(row, { target, agentId: held.agent.id, ownerId: held.agent.ownerId, detail });
    return { ...made, beforeEndsAt };
  });
}

function requireLasting({ kind, expiresAt }: HeldCredential): void {
  if (kind !== "secret" && kind !== "key") {
    throw new Refusal("conflict", "This is proved by its platform's own tokens, which rotate by themselves.", { reason: "not_rotated" });
  }
  if (!expiresAt) return;
  throw new Refusal("conflict", "This one was rotated already and ends by itself. Rotate its successor.", { reason: "rotated_already" });
}

async function nextSecret(tx: Tx, held: HeldCredentials, about: CredentialAbout) {
  if (held.secretsBanned) throw refuseSecret();
  return createSecret(tx, about);
}

async function nextKey(tx: Tx, held: HeldCredentials, about: CredentialAbout, key: AgentKey | null) {
  if (!key) throw keyNeeded();
  await makeRoomFor(tx, held, key, about.createdAt);
  return createKey(tx, about, key);
}

async function endBefore(tx: Tx, { id }: HeldCredential, now: Date, overlap: Overlap): Promise<Date> {
  const endsAt = new Date(now.getTime() + OVERLAPS[overlap] * 1000);
  await tx.agentCredential.update({ where: { id }, data: overlap === "0" ? { revokedAt: now } : { expiresAt: endsAt } });
  return endsAt;
}
