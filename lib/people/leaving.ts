import type { Core } from "../ctx";
import { preparedRead, type Tx } from "../db";

/** An agent that somebody owns, and what becomes of it when they leave. */
export interface OwnedAgent {
  readonly id: string;
  readonly name: string;
  /** Its other owner in good standing, with whom it goes on. Null: it would be stopped, an orphan. */
  readonly goesOnWith: string | null;
}

const OWNED = `
  SELECT p.id AS "personId", a.id, a.name, other.name AS "goesOnWith"
  FROM people p
  JOIN LATERAL (SELECT id, name, owner_id, second_owner_id FROM agents WHERE owner_id = p.id
    UNION ALL SELECT id, name, owner_id, second_owner_id FROM agents WHERE second_owner_id = p.id AND owner_id <> p.id) a ON true
  LEFT JOIN people other ON other.id IN (a.owner_id, a.second_owner_id) AND other.id <> p.id AND other.status = 'active'
  WHERE p.id = ANY($1) ORDER BY lower(a.name), a.id`;

/** The agents that each of these people owns, alone or with somebody else. Whoever calls may see all of them. */
export async function ownedAgents(core: Core, personIds: readonly string[]): Promise<ReadonlyMap<string, readonly OwnedAgent[]>> {
  const rows = await preparedRead<OwnedAgent & { personId: string }>(core.db, "owned_agents", OWNED, [personIds]);
  const owned = new Map<string, OwnedAgent[]>();
  for (const { personId, ...agent } of rows) owned.set(personId, [...(owned.get(personId) ?? []), agent]);
  return owned;
}

/** The agents of somebody who is out as of this transaction that nobody in good standing owns any more. */
export async function orphansOf(tx: Tx, personId: string): Promise<string[]> {
  const found = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM agents a WHERE ${personId} IN (owner_id, second_owner_id)
    AND NOT EXISTS (SELECT 1 FROM people s WHERE s.id IN (a.owner_id, a.second_owner_id) AND s.status = 'active') ORDER BY id`;
  return found.map(({ id }) => id);
}
