import type { Tx } from "../db";
import { endTerminalsOf } from "./terminals";

export interface Ended {
  readonly grants: number;
  readonly personalTokens: number;
  readonly terminals: number;
}

/** What ends with a person in one commit: grants on their accounts, API tokens and terminals. Counts of each. */
export async function endRights(tx: Tx, personId: string, by: { at: Date; byId: string }): Promise<Ended> {
  const grants = await tx.grant.updateMany({
    where: { personId, revokedAt: null },
    data: { revokedAt: by.at, revokedById: by.byId, revokeReason: "person_removed" },
  });
  const personalTokens = await tx.personalToken.updateMany({ where: { personId, revokedAt: null }, data: { revokedAt: by.at } });
  return { grants: grants.count, personalTokens: personalTokens.count, terminals: await endTerminalsOf(tx, personId, by.at) };
}

/** Links that somebody made as an admin end with that office: they would be a way back in. */
export async function endInvitations(tx: Tx, personId: string, at: Date): Promise<void> {
  await tx.invitation.updateMany({ where: { createdById: personId, usedAt: null }, data: { usedAt: at } });
}
