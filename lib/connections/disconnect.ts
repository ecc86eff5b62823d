import { z } from "zod";
import { change } from "../activity/change";
import { asActor, type Core, type Ctx, type PersonCtx } from "../ctx";
import { notFound } from "../errors";
import type { Connection } from "../generated/prisma/client";
import { inRefresher } from "../inRefresher";
import { localConnector } from "../setups/client";
import { type Ending, endAtProvider } from "./endAtProvider";
import { inTurn } from "./inTurn";
import { clientOrNull, endLentTokens, type LentTokenReport } from "./lentTokens";
import { places } from "./places";
import { targetOf } from "./separate";

export interface Disconnected {
  readonly endedAtProvider: Ending;
  /** What it did at the SaaS and what it did not, for the person. */
  readonly note: string;
  readonly grantsEnded: number;
  readonly lentTokens: readonly LentTokenReport[];
}

const oneInput = z.strictObject({ connectionId: z.string() });
type One = z.input<typeof oneInput>;

/**
 * Ends a connection and every grant on it at once here, then at the SaaS as far as it allows; with it the smaller consents
 * that stand beside it for one grant each. What Valet kept of the account is erased whatever the SaaS answers. The person
 * themself, or an admin.
 */
export const disconnectConnection = inRefresher(
  "connection.disconnect",
  oneInput,
  async (ctx: PersonCtx, input: One): Promise<Disconnected> => {
    const { id } = await ownOrAdministered(ctx, input.connectionId);
    const whole = await inTurn(ctx, id, async () => {
      // Read again: while this waited for its turn, a refresh may have brought other tokens, or somebody else has disconnected it.
      return endConnection(ctx, await ownOrAdministered(ctx, id));
    });
    const beside = await ctx.db.connection.findMany({ where: { parentId: id, status: { not: "disconnected" } }, select: { id: true } });
    const lentBeside: LentTokenReport[] = [];
    for (const consent of beside) lentBeside.push(...((await endSeparateConsent(ctx, consent.id))?.lentTokens ?? []));
    return { ...whole, lentTokens: [...whole.lentTokens, ...lentBeside] };
  },
);

/**
 * Ends a consent that served one grant alone, here and at the SaaS. Whoever calls has ended its grant, or its person; null
 * when it has ended before, or is no such consent.
 */
export function endSeparateConsent(ctx: Ctx, connectionId: string): Promise<Disconnected | null> {
  return endConsent(ctx, { connectionId });
}

export const endConsent = inRefresher("connection.end_consent", oneInput, (ctx: Ctx, { connectionId }: One) =>
  inTurn(ctx, connectionId, async (): Promise<Disconnected | null> => {
    const consent = await ctx.db.connection.findUnique({ where: { id: connectionId } });
    return !consent?.parentId || consent.status === "disconnected" ? null : endConnection(ctx, consent);
  }),
);

/** What is said of a shared key once its time is over. */
export const KEY_ENDED = "This shared key has ended here. It still works for whoever has a copy, until it is withdrawn at the service.";

/**
 * Erases shared keys whose time is over. Nothing was given from them since that moment; this only makes sure that nobody can open them any
 * more. The server calls it at its start and every minute.
 *
 * @returns how many were erased.
 */
export function endSpentKeys(core: Core): Promise<number> {
  return endKeys(core, null);
}

export const endKeys = inRefresher("connection.end_spent_keys", z.null(), async (core: Core, _input: null): Promise<number> => {
  const where = { keyEndsAt: { lte: core.clock.now() }, status: { not: "disconnected" } };
  const spent = await core.db.connection.findMany({ where, select: { id: true }, take: 100 });
  const system = asActor(core, { kind: "system", name: "expiry" } as const);
  for (const { id } of spent) {
    await inTurn(core, id, async () => {
      const key = await core.db.connection.findUnique({ where: { id } });
      if (key && key.status !== "disconnected") await endConnection(system, key);
    });
  }
  return spent.length;
});

/** Ends every consent that a person has given for one grant alone, and those grants with them. Whoever calls may decide about the person. */
export async function endSeparateConsentsOf(ctx: Ctx, personId: string): Promise<void> {
  const where = { personId, parentId: { not: null }, status: { not: "disconnected" } };
  const consents = await ctx.db.connection.findMany({ where, select: { id: true } });
  for (const { id } of consents) await endSeparateConsent(ctx, id);
}

async function endConnection(ctx: Ctx, connection: Connection): Promise<Disconnected> {
  const grantsEnded = await stopHere(ctx, connection);
  const everLent = await ctx.db.grant.findMany({ where: { connectionId: connection.id }, select: { id: true } });
  const lentTokens = await endLentTokens(
    ctx,
    everLent.map((grant) => grant.id),
  );
  const endedAtProvider = await stopThere(ctx, connection);
  const note = connection.keyEndsAt
    ? KEY_ENDED
    : noteFor(localConnector(ctx, connection.connector), endedAtProvider, connection.parentId !== null);
  await erase(ctx, connection, note, endedAtProvider);
  return { endedAtProvider, note, grantsEnded, lentTokens };
}

async function ownOrAdministered(ctx: PersonCtx, connectionId: string): Promise<Connection> {
  const connection = await ctx.db.connection.findUnique({ where: { id: connectionId } });
  const mine = connection?.personId === ctx.actor.personId || ctx.actor.role === "admin";
  if (!connection || !mine || connection.parentId || connection.status === "disconnected") throw notFound("connection");
  return connection;
}

/** From this commit on nothing is given out, neither from it nor from the consents beside it. */
function stopHere(ctx: Ctx, connection: Connection): Promise<number> {
  return change(ctx, "connection.disconnect", async (tx, row) => {
    const now = ctx.clock.now();
    const lentFrom = { OR: [{ connectionId: connection.id }, { connection: { parentId: connection.id } }] };
    const by = ctx.actor.kind === "person" ? ctx.actor.personId : null;
    const revoked = { revokedAt: now, revokedById: by, revokeReason: "connection_disconnected" };
    const { count } = await tx.grant.updateMany({ where: { ...lentFrom, revokedAt: null, expiresAt: { gt: now } }, data: revoked });
    await tx.connection.update({ where: { id: connection.id }, data: { status: "disconnected", disconnectedAt: now } });
    row.target = targetOf(localConnector(ctx, connection.connector).name, connection);
    row.ownerId = connection.personId;
    row.connectionId = connection.id;
    row.connector = connection.connector;
    row.detail = { grantsEnded: count };
    return count;
  });
}

async function stopThere(ctx: Ctx, connection: Connection): Promise<Ending> {
  // A shared key is not Valet's to end: others work with it.
  if (connection.keyEndsAt) return "not_possible";
  const client = await clientOrNull(ctx, connection);
  if (!client || client.connector.revocation.how === "none") return "not_possible";
  const read = (column: "refresh" | "access", sealed: string | null) =>
    sealed ? ctx.vault.open(column === "refresh" ? "lasting" : "passing", places[column](connection.id), sealed) : null;
  const tokens = [read("refresh", connection.sealedRefresh), read("access", connection.sealedAccess)].filter((token) => token !== null);
  const endings: Ending[] = [];
  for (const token of tokens) endings.push(await endAtProvider(ctx, client, token));
  return endings.includes("ended") && !endings.slice(0, 1).includes("failed") ? "ended" : (endings[0] ?? "not_possible");
}

/** The token columns are emptied: nobody can open what is not there. */
function erase(ctx: Ctx, connection: Connection, note: string, ending: Ending): Promise<unknown> {
  return change(ctx, "connection.disconnect", async (tx, row) => {
    row.target = targetOf(localConnector(ctx, connection.connector).name, connection);
    row.ownerId = connection.personId;
    row.connectionId = connection.id;
    row.connector = connection.connector;
    row.reason = ending;
    row.reasonText = note;
    const nothing = { sealedRefresh: null, sealedAccess: null, accessExpiresAt: null, tokenVersion: { increment: 1 } };
    return tx.connection.update({ where: { id: connection.id }, data: { ...nothing, statusNote: note } });
  });
}

function noteFor(connector: { name: string; revocation: { note: string } }, ending: Ending, separate: boolean): string {
  const extra = connector.revocation.note ? ` ${connector.revocation.note}` : "";
  const byHand = separate
    ? `remove Valet in your account settings at ${connector.name} to end it there, which ends the account's own connection too.`
    : `remove Valet in your account settings at ${connector.name}.`;
  switch (ending) {
    case "ended":
      return `Access was ended at ${connector.name} too.`;
    case "failed":
      return `${connector.name} did not confirm the end. Valet has erased its copy; also ${byHand}`;
    case "not_possible":
      return `${connector.name} offers no way to end access from here. Valet has erased its copy; ${byHand}${extra}`;
  }
}
