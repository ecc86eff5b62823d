import { writingSide } from "../../lib/db";
import { newId } from "../../lib/ids";
import type { Entered } from "./people";
import type { World } from "./world";

const HOUR = 3_600_000;

/** Calls that somebody's agent is said to have made, so many so many hours ago. Nothing but the ledger knows of them. */
export async function wroteCalls(
  world: World,
  { ctx }: Entered,
  calls: readonly (readonly [count: number, hoursAgo: number, more?: object])[],
) {
  const personId = ctx.actor.personId;
  const call = { kind: "use", event: "gateway.call", acting: "agent", decision: "allowed", reason: "within_grant", chain: [] };
  const data = calls.flatMap(([count, hoursAgo, more]) =>
    Array.from({ length: count }, (_, index) => {
      const at = new Date(Date.now() - hoursAgo * HOUR - index * 1000);
      return {
        ...call,
        target: `GET /api/issues/${index}`,
        id: newId("use", at),
        at,
        personId,
        ownerId: personId,
        connector: "demo",
        ...more,
      };
    }),
  );
  await writingSide(world.core.db).prisma.activity.createMany({ data });
}
