import { endSeparateConsent } from "../connections/disconnect";
import { asActor, type Core } from "../ctx";

/** A consent is kept before its grant is minted: one this young may only be waiting for it. */
const YOUNG_MS = 5 * 60_000;

/**
 * Ends at their SaaS the consents that outlived the one grant they were given for: it has expired, or was never minted. The
 * server calls it at its start and every minute; revoking and disconnecting do not wait for it.
 *
 * @returns how many were ended.
 */
export async function endSpentConsents(core: Core): Promise<number> {
  const now = core.clock.now();
  const spent = await core.db.connection.findMany({
    where: {
      parentId: { not: null },
      status: { not: "disconnected" },
      connectedAt: { lt: new Date(now.getTime() - YOUNG_MS) },
      grants: { none: { revokedAt: null, expiresAt: { gt: now } } },
    },
    select: { id: true },
    take: 100,
  });
  const system = asActor(core, { kind: "system", name: "expiry" } as const);
  for (const { id } of spent) await endSeparateConsent(system, id);
  return spent.length;
}
