import type { PersonCtx } from "../ctx";
import { preparedRead } from "../db";

export interface UsesOfDay {
  /** UTC, "2026-11-25". */
  readonly day: string;
  readonly allowed: number;
  readonly refused: number;
}

const DAY_MS = 86_400_000;
export const CHART_DAYS_MAX = 31;
const AGENTS_MAX = 200;

/** As `visibleTo` in list.ts: one's own rows, and of agents that one answers for what is nobody's account. */
const TEXT = `
  SELECT x.agent_id AS "agentId", to_char(x.at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day,
    count(*) FILTER (WHERE x.decision = 'allowed')::int AS allowed, count(*) FILTER (WHERE x.decision = 'refused')::int AS refused
  FROM activity x JOIN agents a ON a.id = x.agent_id
  WHERE x.agent_id = any($1) AND x.at >= $2 AND x.at < $3 AND x.kind = 'use' AND ($4 OR x.person_id = $5 OR x.owner_id = $5
    OR ($5 IN (a.owner_id, a.second_owner_id, a.sponsor_id) AND x.grant_id IS NULL AND x.connection_id IS NULL AND x.connector IS NULL))
  GROUP BY 1, 2`;

interface Asked {
  readonly agentIds: readonly string[];
  readonly days: number;
  /** Admins and auditors: everybody's. */
  readonly everyone?: boolean;
}

/**
 * How often agents used access on each of the last days, today the last one, as far as the reader's activity shows it. Every agent that
 * was asked about is in the answer, with a day for each; one statement for all of them.
 */
export async function usesPerDay(ctx: PersonCtx, { agentIds, days, everyone = false }: Asked): Promise<Map<string, UsesOfDay[]>> {
  const wanted = Math.min(Math.max(Math.trunc(days), 1), CHART_DAYS_MAX);
  const ids = [...new Set(agentIds)].slice(0, AGENTS_MAX);
  const until = Math.floor(ctx.clock.now().getTime() / DAY_MS) * DAY_MS + DAY_MS;
  const from = until - wanted * DAY_MS;
  const all = everyone && ctx.actor.role !== "member";
  const values = [ids, new Date(from), new Date(until), all, ctx.actor.personId];
  const rows = ids.length > 0 ? await preparedRead<UsesOfDay & { agentId: string }>(ctx.db, "uses_per_day", TEXT, values) : [];
  const counted = new Map(rows.map(({ agentId, ...uses }) => [`${agentId} ${uses.day}`, uses]));
  const dates = Array.from({ length: wanted }, (_, index) => new Date(from + index * DAY_MS).toISOString().slice(0, 10));
  return new Map(ids.map((id) => [id, dates.map((day) => counted.get(`${id} ${day}`) ?? { day, allowed: 0, refused: 0 })]));
}
