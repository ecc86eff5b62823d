import type { Connector } from "../connectors/connector";
import type { PersonCtx } from "../ctx";
import { notFound } from "../errors";
import type { Connection } from "../generated/prisma/client";
import { accountConnector, loadKnownClient } from "../setups/client";
import { ACCOUNTS, registrationOf } from "./separate";

/** A person's own account, for what they do with it themselves. Refuses `not_found`: another person's is not there, also for an admin. */
export async function findOwnAccount(ctx: PersonCtx, connectionId: string): Promise<Connection> {
  const connection = await ctx.db.connection.findFirst({ where: { id: connectionId, personId: ctx.actor.personId, ...ACCOUNTS } });
  if (!connection) throw notFound("connection");
  return connection;
}

/** The connector as this account meets it. Refuses `not_found` where it is switched off; a pasted key needs no client of ours. */
export async function connectorOf(ctx: PersonCtx, connection: Connection): Promise<Connector> {
  if (connection.keyEndsAt) return accountConnector(ctx, connection);
  const { connector } = await loadKnownClient(ctx, connection.connector, registrationOf(connection));
  return connection.apiBase ? { ...connector, api: { ...connector.api, baseUrl: connection.apiBase } } : connector;
}

/** What stands on the connection by now says more to its person than the refusal, which was written for an agent. */
export async function causeOf(ctx: PersonCtx, { id }: Pick<Connection, "id">, otherwise: string): Promise<string> {
  const now = await ctx.db.connection.findUnique({ where: { id }, select: { statusNote: true } });
  return now?.statusNote ?? otherwise;
}
