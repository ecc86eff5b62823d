import type { Core } from "../ctx";
import { notFound, Refusal } from "../errors";
import type { Connection } from "../generated/prisma/client";
import { isId } from "../ids";
import { usableConnection } from "./refresh";
import { ACCOUNTS } from "./separate";

/**
 * The connection a person means when they act themself: the one they name, else their only live one at this connector.
 * Refuses `not_found` for somebody else's, `conflict` when several would do.
 */
export async function ownLiveConnection(
  core: Core,
  personId: string,
  connector: string | null,
  connectionId: string | null,
): Promise<Connection> {
  if (connectionId !== null) {
    const named = isId("con", connectionId)
      ? await core.db.connection.findFirst({ where: { id: connectionId, personId, ...ACCOUNTS, ...(connector ? { connector } : {}) } })
      : null;
    if (!named) throw notFound("connection");
    return usableConnection(core, named.id);
  }
  const live = await core.db.connection.findMany({
    where: {
      personId,
      ...ACCOUNTS,
      connector: connector ?? "",
      status: "active",
      OR: [{ keyEndsAt: null }, { keyEndsAt: { gt: core.clock.now() } }],
    },
    take: 2,
  });
  const [only, another] = live;
  if (!only) throw notFound("connection");
  if (another) {
    throw new Refusal("conflict", "You have several accounts here. Say which one in the header Valet-Connection, with its id.", {
      reason: "connection_ambiguous",
    });
  }
  return only;
}
