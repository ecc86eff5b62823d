import { OWNER_STATUS } from "../activity/stands";
import type { PersonCtx } from "../ctx";
import { preparedRead } from "../db";
import { requireRole } from "../people/rules";

/** Agents that nobody in good standing owns, as SQL. */
export const ORPHANS = `agents a join people o on o.id = a.owner_id where ${OWNER_STATUS} <> 'active'`;
const COUNT = `select count(*)::int as count from ${ORPHANS}`;

/** How many of them there are. Admins and auditors only. */
export async function countOrphans(ctx: PersonCtx): Promise<number> {
  requireRole(ctx.actor, "admin", "auditor");
  const [row] = await preparedRead<{ count: number }>(ctx.db, "agents_orphaned", COUNT, []);
  return row?.count ?? 0;
}
