import { preparedRead } from "../db";
import type { Activity } from "../generated/prisma/client";
import type { TestCore } from "./core";

/**
 * Every row of activity in the order it was written: within one instant of the frozen clock, ids are in no order, and a
 * row's place in the table says nothing once several connections write.
 */
export async function rows(core: TestCore): Promise<Activity[]> {
  const order = await preparedRead<{ id: string }>(core.db, "rows", "SELECT id FROM activity ORDER BY xmin::text::bigint, ctid", []);
  const all = new Map((await core.db.activity.findMany()).map((row) => [row.id, row]));
  return order.map(({ id }) => all.get(id) as Activity);
}
