import { type ReadDb, writingSide } from "../db";

const REMEMBERED_MAX = 10_000;
/** Whose a run is never changes, so it may be remembered. By database: a process may have several. */
const remembered = new WeakMap<ReadDb, Map<string, string>>();

/**
 * Whose run this is: the agent's that named it first, which is this one if nobody did before. Of two who name it at once, one is
 * first in every process. Book-keeping of what was said, so it has no row of its own.
 */
export async function ownerOfRun(db: ReadDb, runId: string, agentId: string, at: Date): Promise<string> {
  const known = remembered.get(db) ?? new Map<string, string>();
  remembered.set(db, known);
  const owner = known.get(runId) ?? (await nameRun(db, runId, agentId, at));
  known.set(runId, owner);
  const [oldest] = known.size > REMEMBERED_MAX ? known.keys() : [];
  if (oldest !== undefined) known.delete(oldest);
  return owner;
}

async function nameRun(db: ReadDb, runId: string, agentId: string, at: Date): Promise<string> {
  const { pool } = writingSide(db);
  const text = "insert into runs (id, agent_id, started_at) values ($1, $2, $3) on conflict (id) do nothing";
  const { rowCount } = await pool.query({ name: "name_run", text, values: [runId, agentId, at] });
  if (rowCount === 1) return agentId;
  const read = { name: "owner_of_run", text: 'select agent_id as "agentId" from runs where id = $1', values: [runId] };
  const { rows } = await pool.query<{ agentId: string }>(read);
  return rows[0]?.agentId ?? "";
}
