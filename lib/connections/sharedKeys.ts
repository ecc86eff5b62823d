import type { PersonCtx } from "../ctx";
import { requireRole } from "../people/rules";
import { sharedKeyWarning } from "../policy/pattern";
import { localConnector } from "../setups/client";

export interface SharedKeyView {
  readonly connectionId: string;
  readonly connector: string;
  readonly connectorName: string;
  readonly accountName: string;
  readonly ownerId: string;
  readonly ownerName: string;
  readonly endsAt: Date;
  readonly liveGrants: number;
  readonly warning: string;
}

/** Every shared key that still works, the one that ends first at the top. Admins and auditors. */
export async function listSharedKeys(ctx: PersonCtx): Promise<SharedKeyView[]> {
  requireRole(ctx.actor, "admin", "auditor");
  const now = ctx.clock.now();
  const keys = await ctx.db.connection.findMany({
    where: { keyEndsAt: { gt: now }, status: { not: "disconnected" } },
    select: {
      id: true,
      connector: true,
      accountName: true,
      personId: true,
      keyEndsAt: true,
      person: { select: { name: true } },
      _count: { select: { grants: { where: { revokedAt: null, expiresAt: { gt: now } } } } },
    },
    orderBy: [{ keyEndsAt: "asc" }, { id: "asc" }],
  });
  return keys.flatMap(({ id, connector, accountName, personId, person, keyEndsAt, _count }) => {
    if (!keyEndsAt) return [];
    const where = { connectionId: id, connector, connectorName: localConnector(ctx, connector).name, accountName };
    const whose = { ownerId: personId, ownerName: person.name };
    return [{ ...where, ...whose, endsAt: keyEndsAt, liveGrants: _count.grants, warning: sharedKeyWarning(keyEndsAt) }];
  });
}
