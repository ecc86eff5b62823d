import { describeScopes, heldScopes, type Permission } from "../connectors/scopes";
import type { Ctx, PersonCtx } from "../ctx";
import { notFound } from "../errors";
import { accountConnector } from "../setups/client";

export interface ConnectionSummary {
  readonly id: string;
  readonly connector: string;
  readonly connectorName: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly status: "active" | "needs_reconnect" | "disconnected";
  readonly statusNote: string | null;
  /** What can be lent from it, Valet's own smaller parts included. */
  readonly permissions: readonly Permission[];
  readonly scopes: readonly string[];
  /** What a grant of it can be kept to. */
  readonly resourceKinds: readonly { readonly id: string; readonly label: string; readonly example: string }[];
  readonly connectedAt: Date;
  readonly refreshedAt: Date | null;
  readonly liveGrants: number;
  readonly ownerId: string;
  readonly ownerName: string;
}

/** A person's own connections; with `everyone`, for admins and auditors, all of them. */
export async function listConnections(ctx: PersonCtx, input: { everyone?: boolean } = {}): Promise<ConnectionSummary[]> {
  const all = input.everyone === true && ctx.actor.role !== "member";
  const where = all ? {} : { personId: ctx.actor.personId };
  return read(ctx, where);
}

/** One connection: the person's own, or any for admins and auditors. */
export async function getConnection(ctx: PersonCtx, input: { connectionId: string }): Promise<ConnectionSummary> {
  const where = { id: input.connectionId, ...(ctx.actor.role === "member" ? { personId: ctx.actor.personId } : {}) };
  const [found] = await read(ctx, where);
  if (!found) throw notFound("connection");
  return found;
}

async function read(ctx: Ctx, where: { id?: string; personId?: string }): Promise<ConnectionSummary[]> {
  const live = { revokedAt: null, expiresAt: { gt: ctx.clock.now() } };
  const connections = await ctx.db.connection.findMany({
    where,
    include: { person: { select: { name: true } }, _count: { select: { grants: { where: live } } } },
    orderBy: [{ status: "asc" }, { connectedAt: "desc" }],
    omit: { sealedRefresh: true, sealedAccess: true },
  });
  return connections.map((connection) => {
    const connector = accountConnector(ctx, connection);
    const scopes = heldScopes(connector, connection.providerScopes);
    const { id, accountId, accountName, statusNote, connectedAt, refreshedAt } = connection;
    return {
      id,
      connector: connector.id,
      connectorName: connector.name,
      accountId,
      accountName,
      status: connection.status as ConnectionSummary["status"],
      statusNote,
      permissions: describeScopes(connector, scopes),
      scopes,
      resourceKinds: (connector.resources ?? []).map(({ id: kind, label, example }) => ({ id: kind, label, example })),
      connectedAt,
      refreshedAt,
      liveGrants: connection._count.grants,
      ownerId: connection.personId,
      ownerName: connection.person.name,
    };
  });
}
