import type { Tx } from "../db";
import { Refusal } from "../errors";

/** One offer or acceptance of a set-up link at a time, over all processes, until the transaction ends. */
export async function holdSetUp(tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('valet set-up'))`;
}

/** @throws Refusal `conflict` once there is an active admin: a set-up link makes the first one only. */
export async function refuseSecondSetUp(tx: Tx): Promise<void> {
  await holdSetUp(tx);
  if ((await tx.person.count({ where: { role: "admin", status: "active" } })) === 0) return;
  throw new Refusal("conflict", "This Valet is set up already. Ask an admin for an invitation.", { reason: "set_up_done" });
}
