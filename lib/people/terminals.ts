import { change } from "../activity/change";
import type { Ctx, PersonCtx } from "../ctx";
import { preparedRead, type Tx } from "../db";
import { notFound } from "../errors";
import { findClient } from "./clients";

/** One sign-in at a terminal, as its person is shown it. */
export interface TerminalSummary {
  readonly id: string;
  readonly clientName: string;
  readonly scopes: readonly string[];
  readonly since: Date;
  /** When it last fetched access: once in a quarter of an hour of use. */
  readonly lastUsedAt: Date;
  /** When it is signed out, if it is not used before. */
  readonly expiresAt: Date;
}

type Row = Omit<TerminalSummary, "clientName"> & { readonly clientId: string };

const LIST = `select newest.family_id as id, newest.client_id as "clientId", newest.scopes, newest.created_at as "lastUsedAt",
  newest.expires_at as "expiresAt", first.created_at as since
  from refresh_tokens newest join refresh_tokens first on first.id = newest.family_id
  where newest.person_id = $1 and newest.used_at is null and newest.revoked_at is null and newest.expires_at > $2
  order by newest.id desc`;

/** The actor's own live sign-ins at terminals, last used first. */
export async function listTerminals(ctx: PersonCtx): Promise<TerminalSummary[]> {
  const found = await preparedRead<Row>(ctx.db, "terminals", LIST, [ctx.actor.personId, ctx.clock.now()]);
  return found.map(({ clientId, ...one }) => ({ ...one, clientName: findClient(clientId)?.name ?? clientId }));
}

/** Signs one of the actor's own terminals out: its next request is refused. */
export async function endTerminal(ctx: PersonCtx, input: { readonly terminalId: string }): Promise<void> {
  await endFamily(ctx, { familyId: input.terminalId, personId: ctx.actor.personId }, "ended");
}

/**
 * Ends a family: every refresh token of it, and with them every access token that was made from it. Refuses `not_found` when it is not
 * this person's, or has ended.
 *
 * @param reason why, for the ledger.
 */
export async function endFamily(
  ctx: Ctx,
  { familyId, personId }: { readonly familyId: string; readonly personId: string },
  reason: "ended" | "revoked" | "refresh_token_reused",
): Promise<void> {
  await change(ctx, "terminal.end", async (tx, row) => {
    await holdActivePerson(tx, personId);
    const ended = await tx.refreshToken.updateManyAndReturn({
      where: { familyId, personId, revokedAt: null },
      data: { revokedAt: ctx.clock.now() },
      select: { clientId: true },
    });
    if (!ended[0]) throw notFound("terminal");
    Object.assign(row, { target: findClient(ended[0].clientId)?.name ?? ended[0].clientId, ownerId: personId, reason });
    row.detail = { terminalId: familyId };
  });
}

/**
 * Ends all of a person's terminals, and those that were let in and have not fetched their tokens. Call it in a transaction that holds
 * the person. Answers how many.
 */
export async function endTerminalsOf(tx: Tx, personId: string, at: Date): Promise<number> {
  await tx.deviceCode.updateMany({ where: { personId, status: "approved" }, data: { status: "denied" } });
  const ended = await tx.refreshToken.updateManyAndReturn({
    where: { personId, revokedAt: null },
    data: { revokedAt: at },
    select: { familyId: true },
  });
  return new Set(ended.map(({ familyId }) => familyId)).size;
}

/**
 * Whether the person is active, held until the transaction ends: all that issues, rotates or ends a terminal's tokens stands in this
 * line, so that no token is made beside an end.
 */
export async function holdActivePerson(tx: Tx, personId: string): Promise<boolean> {
  const [person] = await tx.$queryRaw<{ status: string }[]>`SELECT status FROM people WHERE id = ${personId} FOR UPDATE`;
  return person?.status === "active";
}
