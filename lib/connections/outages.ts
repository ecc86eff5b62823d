import { touch } from "../activity/change";
import type { Outage, SaasDoor } from "../breakers";
import type { Core } from "../ctx";

/**
 * Keeps for all processes which SaaS is down, as the one that found out says it. It may be lost: then each finds out by itself. What is
 * written here never shuts a door but where the SaaS itself said how long to wait.
 */
export function keepOutage(core: Pick<Core, "db" | "log" | "clock">, at: SaasDoor, outage: Outage | null): Promise<void> {
  const key = { connector: at.connector.id, host: at.host, door: at.door };
  const what = outage ? { ...key, why: outage.why, nextTryAt: outage.nextTryAt.toISOString() } : key;
  if (outage) core.log.warn("saas.resting", what);
  else core.log.info("saas.answers_again", what);
  return touch(core, async (tx) => {
    if (!outage) return tx.saasOutage.deleteMany({ where: key });
    const { since, nextTryAt, why } = outage;
    const data = { since, nextTryAt, why };
    return tx.saasOutage.upsert({ where: { connector_host_door: key }, create: { ...key, ...data }, update: data });
  });
}

/** A token endpoint that told one process to wait is asked by none before that. */
export async function adoptWait(core: Core, at: SaasDoor): Promise<void> {
  const where = { connector: at.connector.id, host: at.host, door: at.door, why: "told", nextTryAt: { gt: core.clock.now() } };
  const told = await core.db.saasOutage.findFirst({ where, select: { nextTryAt: true } });
  if (told) core.breakers.toldElsewhere(at, told.nextTryAt);
}

/** Forgets what a process that is gone left: whoever still meets it writes it anew. */
export async function forgetOutages(core: Core): Promise<void> {
  const before = new Date(core.clock.now().getTime() - FORGOTTEN_MS);
  await touch(core, (tx) => tx.saasOutage.deleteMany({ where: { nextTryAt: { lt: before } } }));
}

const FORGOTTEN_MS = 60 * 60 * 1000;
