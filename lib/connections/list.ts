import { withinCeiling } from "../connectors/ceiling";
import { describeScopes, heldScopes, type Permission } from "../connectors/scopes";
import type { Ctx, PersonCtx } from "../ctx";
import { notFound } from "../errors";
import { sharedKeyWarning } from "../policy/pattern";
import { accountConnector, readCeilings } from "../setups/client";
import { KEY_ENDED } from "./disconnect";
import { ACCOUNTS } from "./separate";

export interface ConnectionSummary {
  readonly id: string;
  readonly connector: string;
  readonly connectorName: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly status: "active" | "needs_reconnect" | "disconnected";
  readonly statusNote: string | null;
  /** Set on a shared key: when it ends here. */
  readonly keyEndsAt: Date | null;
  /** What a shared key wears; null where it is none. */
  readonly warning: string | null;
  /** What can be lent from it within the admin's ceiling, Valet's own smaller parts included. */
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
  const connections = await ctx.db.connection.findMany({
    where: { ...where, ...ACCOUNTS },
    include: { person: { select: { name: true } } },
    orderBy: [{ status: "asc" }, { connectedAt: "desc" }],
    omit: { sealedRefresh: true, sealedAccess: true },
  });
  const [ceilings, live] = await Promise.all([readCeilings(ctx), liveGrants(ctx, where)]);
  return connections.map((connection) => {
    const connector = accountConnector(ctx, connection);
    const scopes = withinCeiling(connector, ceilings.get(connector.id) ?? [], heldScopes(connector, connection.providerScopes));
    const { id, accountId, accountName, statusNote, keyEndsAt, connectedAt, refreshedAt } = connection;
    const spent = keyEndsAt !== null && keyEndsAt <= ctx.clock.now();
    return {
      id,
      connector: connector.id,
      connectorName: connector.name,
      accountId,
      accountName,
      status: spent ? "disconnected" : (connection.status as ConnectionSummary["status"]),
      statusNote: spent ? KEY_ENDED : statusNote,
      keyEndsAt,
      warning: keyEndsAt ? sharedKeyWarning(keyEndsAt) : null,
      permissions: describeScopes(connector, scopes),
      scopes,
      resourceKinds: (connector.resources ?? []).map(({ id: kind, label, example }) => ({ id: kind, label, example })),
      connectedAt,
      refreshedAt,
      liveGrants: live.get(id) ?? 0,
      ownerId: connection.personId,
      ownerName: connection.person.name,
    };
  });
}

/** By the account's own connection: grants on it, and those with a consent of their own beside it. */
async function liveGrants(ctx: Ctx, { id, personId }: { id?: string; personId?: string }): Promise<Map<string, number>> {
  const from = id ? { connection: { OR: [{ id }, { parentId: id }] } } : {};
  const grants = await ctx.db.grant.findMany({
    where: { ...from, ...(personId ? { personId } : {}), revokedAt: null, expiresAt: { gt: ctx.clock.now() } },
    select: { connectionId: true, connection: { select: { parentId: true } } },
  });
  const counts = new Map<string, number>();
  for (const { connectionId, connection } of grants) {
    const account = connection.parentId ?? connectionId;
    counts.set(account, (counts.get(account) ?? 0) + 1);
  }
  return counts;
}
