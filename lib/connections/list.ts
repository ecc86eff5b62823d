import { withinCeiling } from "../connectors/ceiling";
import { type Listable, listableWith } from "../connectors/listing";
import { describeScopes, heldScopes, type Permission } from "../connectors/scopes";
import type { Ctx, PersonCtx } from "../ctx";
import { notFound } from "../errors";
import { sharedKeyWarning } from "../policy/pattern";
import { accountConnector, readCeilings } from "../setups/client";
import { KEY_ENDED } from "./disconnect";
import { type Health, judgeHealth } from "./health";
import { ACCOUNTS } from "./separate";

/** A kind of thing that a grant can be kept to, and whether its members can be listed. */
export interface ResourceKindSummary {
  readonly id: string;
  readonly label: string;
  readonly example: string;
  /** The SaaS tells no capitals from small letters. */
  readonly caseless: boolean;
  readonly listable: Listable;
}

export interface ConnectionSummary {
  readonly id: string;
  readonly connector: string;
  readonly connectorName: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly status: "active" | "needs_reconnect" | "disconnected";
  readonly statusNote: string | null;
  /** The same, finer, for its person. */
  readonly health: Health;
  /** Set on a shared key: when it ends here. */
  readonly keyEndsAt: Date | null;
  /** What a shared key wears; null where it is none. */
  readonly warning: string | null;
  /** What can be lent from it within the admin's ceiling, Valet's own smaller parts included. */
  readonly permissions: readonly Permission[];
  /** What was given at the SaaS and is above that ceiling: nobody can lend or use it. */
  readonly withheld: readonly Permission[];
  readonly scopes: readonly string[];
  /** What a grant of it can be kept to. */
  readonly resourceKinds: readonly ResourceKindSummary[];
  readonly connectedAt: Date;
  readonly refreshedAt: Date | null;
  readonly liveGrants: number;
  /** Agents with a live grant on it, by name. */
  readonly agents: readonly { readonly id: string; readonly name: string }[];
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
    const held = heldScopes(connector, connection.providerScopes);
    const scopes = withinCeiling(connector, ceilings.get(connector.id) ?? [], held);
    const { id, accountId, accountName, statusNote, keyEndsAt, connectedAt, refreshedAt } = connection;
    const spent = keyEndsAt !== null && keyEndsAt <= ctx.clock.now();
    const standing = {
      connectorName: connector.name,
      status: spent ? "disconnected" : (connection.status as ConnectionSummary["status"]),
      statusNote: spent ? KEY_ENDED : statusNote,
      keyEndsAt,
    };
    const lent = live.get(id) ?? [];
    return {
      id,
      connector: connector.id,
      accountId,
      accountName,
      ...standing,
      health: judgeHealth(standing),
      warning: keyEndsAt ? sharedKeyWarning(keyEndsAt) : null,
      permissions: describeScopes(connector, scopes),
      withheld: describeScopes(
        connector,
        held.filter((name) => !scopes.includes(name)),
      ),
      scopes,
      resourceKinds: (connector.resources ?? []).map(({ id: kind, label, example, caseless = false, listing }) => {
        return { id: kind, label, example, caseless, listable: listableWith(connector, listing, scopes) };
      }),
      connectedAt,
      refreshedAt,
      liveGrants: lent.length,
      agents: agentsOf(lent),
      ownerId: connection.personId,
      ownerName: connection.person.name,
    };
  });
}

interface LiveGrant {
  readonly agent: { readonly id: string; readonly name: string };
}

/** By the account's own connection: grants on it, and those with a consent of their own beside it. */
async function liveGrants(ctx: Ctx, { id, personId }: { id?: string; personId?: string }): Promise<Map<string, LiveGrant[]>> {
  const from = id ? { connection: { OR: [{ id }, { parentId: id }] } } : {};
  const grants = await ctx.db.grant.findMany({
    where: { ...from, ...(personId ? { personId } : {}), revokedAt: null, expiresAt: { gt: ctx.clock.now() } },
    select: { connectionId: true, connection: { select: { parentId: true } }, agent: { select: { id: true, name: true } } },
  });
  const byAccount = new Map<string, LiveGrant[]>();
  for (const { connectionId, connection, agent } of grants) {
    const account = connection.parentId ?? connectionId;
    const known = byAccount.get(account);
    if (known) known.push({ agent });
    else byAccount.set(account, [{ agent }]);
  }
  return byAccount;
}

function agentsOf(grants: readonly LiveGrant[]): LiveGrant["agent"][] {
  const byId = new Map(grants.map(({ agent }) => [agent.id, agent]));
  return [...byId.values()].sort((left, right) => left.name.localeCompare(right.name, "en"));
}
