import { change } from "../activity/change";
import type { PersonCtx } from "../ctx";
import { isRefusal, notFound } from "../errors";
import type { Connection } from "../generated/prisma/client";
import { loadSaasClient, localConnector } from "../setups/client";
import { type Ending, endAtProvider } from "./endAtProvider";
import { inTurn } from "./inTurn";
import { endLentTokens, type LentTokenReport } from "./lentTokens";
import { places } from "./places";

export interface Disconnected {
  readonly endedAtProvider: Ending;
  /** What it did at the SaaS and what it did not, for the person. */
  readonly note: string;
  readonly grantsEnded: number;
  readonly lentTokens: readonly LentTokenReport[];
}

/**
 * Ends a connection and every grant on it at once here, then at the SaaS as far as it allows. What Valet kept of the
 * account is erased whatever the SaaS answers. The person themself, or an admin.
 */
export async function disconnectConnection(ctx: PersonCtx, input: { connectionId: string }): Promise<Disconnected> {
  const { id } = await ownOrAdministered(ctx, input.connectionId);
  return inTurn(ctx.flights, `refresh:${id}`, async () => {
    // Read again: while this waited for its turn, a refresh may have brought other tokens, or somebody else has disconnected it.
    const connection = await ownOrAdministered(ctx, id);
    const grantsEnded = await stopHere(ctx, connection);
    const everLent = await ctx.db.grant.findMany({ where: { connectionId: connection.id }, select: { id: true } });
    const lentTokens = await endLentTokens(
      ctx,
      everLent.map((grant) => grant.id),
    );
    const endedAtProvider = await stopThere(ctx, connection);
    const note = noteFor(localConnector(ctx, connection.connector), endedAtProvider);
    await erase(ctx, connection, note, endedAtProvider);
    return { endedAtProvider, note, grantsEnded, lentTokens };
  });
}

async function ownOrAdministered(ctx: PersonCtx, connectionId: string): Promise<Connection> {
  const connection = await ctx.db.connection.findUnique({ where: { id: connectionId } });
  const mine = connection?.personId === ctx.actor.personId || ctx.actor.role === "admin";
  if (!connection || !mine || connection.status === "disconnected") throw notFound("connection");
  return connection;
}

/** From this commit on nothing is given out. */
function stopHere(ctx: PersonCtx, connection: Connection): Promise<number> {
  return change(ctx, "connection.disconnect", async (tx, row) => {
    const now = ctx.clock.now();
    const live = { connectionId: connection.id, revokedAt: null, expiresAt: { gt: now } };
    const revoked = { revokedAt: now, revokedById: ctx.actor.personId, revokeReason: "connection_disconnected" };
    const { count } = await tx.grant.updateMany({ where: live, data: revoked });
    await tx.connection.update({ where: { id: connection.id }, data: { status: "disconnected", disconnectedAt: now } });
    row.target = `${localConnector(ctx, connection.connector).name}: ${connection.accountName}`;
    row.ownerId = connection.personId;
    row.connectionId = connection.id;
    row.connector = connection.connector;
    row.detail = { grantsEnded: count };
    return count;
  });
}

async function stopThere(ctx: PersonCtx, connection: Connection): Promise<Ending> {
  const client = await loadSaasClient(ctx, connection.connector).catch((error: unknown) => {
    if (isRefusal(error)) return null;
    throw error;
  });
  if (!client || client.connector.revocation.how === "none") return "not_possible";
  const read = (column: "refresh" | "access", sealed: string | null) =>
    sealed ? ctx.vault.open(column === "refresh" ? "lasting" : "passing", places[column](connection.id), sealed) : null;
  const tokens = [read("refresh", connection.sealedRefresh), read("access", connection.sealedAccess)].filter((token) => token !== null);
  const endings: Ending[] = [];
  for (const token of tokens) endings.push(await endAtProvider(ctx, client, token));
  return endings.includes("ended") && !endings.slice(0, 1).includes("failed") ? "ended" : (endings[0] ?? "not_possible");
}

/** The token columns are emptied: nobody can open what is not there. */
function erase(ctx: PersonCtx, connection: Connection, note: string, ending: Ending): Promise<unknown> {
  return change(ctx, "connection.disconnect", async (tx, row) => {
    row.target = `${localConnector(ctx, connection.connector).name}: ${connection.accountName}`;
    row.ownerId = connection.personId;
    row.connectionId = connection.id;
    row.connector = connection.connector;
    row.reason = ending;
    row.reasonText = note;
    const nothing = { sealedRefresh: null, sealedAccess: null, accessExpiresAt: null, tokenVersion: { increment: 1 } };
    return tx.connection.update({ where: { id: connection.id }, data: { ...nothing, statusNote: note } });
  });
}

function noteFor(connector: { name: string; revocation: { note: string } }, ending: Ending): string {
  const extra = connector.revocation.note ? ` ${connector.revocation.note}` : "";
  switch (ending) {
    case "ended":
      return `Access was ended at ${connector.name} too.`;
    case "failed":
      return `${connector.name} did not confirm the end. Valet has erased its copy; also remove Valet in your account settings at ${connector.name}.`;
    case "not_possible":
      return `${connector.name} offers no way to end access from here. Valet has erased its copy; remove Valet in your account settings at ${connector.name}.${extra}`;
  }
}
