import { findConnector } from "../connectors/registry";
import type { PersonCtx } from "../ctx";
import { requireRole } from "../people/rules";

export interface AccountChoice {
  readonly id: string;
  readonly connector: string;
  readonly connectorName: string;
  readonly accountName: string;
}

/**
 * The accounts of a person to choose from: those not disconnected, and the one that is chosen already. With an account alone its person is
 * found by it. Admins and auditors only.
 */
export async function chooseAccounts(
  ctx: PersonCtx,
  { personId, connectionId }: { readonly personId?: string | undefined; readonly connectionId?: string | undefined },
): Promise<{ readonly personId: string | null; readonly accounts: readonly AccountChoice[] }> {
  requireRole(ctx.actor, "admin", "auditor");
  const whose = personId ?? (await ownerOf(ctx, connectionId));
  if (whose === null) return { personId: null, accounts: [] };
  const chosen = connectionId === undefined ? [] : [{ id: connectionId }];
  const accounts = await ctx.db.connection.findMany({
    where: { personId: whose, parentId: null, OR: [{ status: { not: "disconnected" } }, ...chosen] },
    select: { id: true, connector: true, accountName: true },
    orderBy: [{ connector: "asc" }, { accountName: "asc" }, { id: "asc" }],
  });
  return {
    personId: whose,
    accounts: accounts.map((one) => ({ ...one, connectorName: findConnector(one.connector)?.name ?? one.connector })),
  };
}

async function ownerOf(ctx: PersonCtx, connectionId: string | undefined): Promise<string | null> {
  if (connectionId === undefined) return null;
  const found = await ctx.db.connection.findUnique({ where: { id: connectionId }, select: { personId: true } });
  return found?.personId ?? null;
}
