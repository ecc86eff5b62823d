import type { PersonCtx } from "../ctx";
import { freshRead } from "../db";
import { visibleTo } from "./list";
import { whereSql } from "./whereSql";

export interface UsesOfDay {
  /** UTC, "2026-11-25". */
  readonly day: string;
  readonly allowed: number;
  readonly refused: number;
}

const DAY_MS = 86_400_000;
const DAYS_MAX = 31;
const AGENTS_MAX = 200;

interface Asked {
  readonly agentIds: readonly string[];
  readonly days: number;
  /** Admins and auditors: everybody's. */
  readonly everyone?: boolean;
}

/**
 * How often agents used access on each of the last days, today the last one, as far as the reader's activity shows it. Every agent that
 * was asked about is in the answer, with a day for each; one statement counts for all of them.
 */
export async function usesPerDay(ctx: PersonCtx, { agentIds, days, everyone = false }: Asked): Promise<Map<string, UsesOfDay[]>> {
  const wanted = Math.min(Math.max(Math.trunc(days), 1), DAYS_MAX);
  const ids = [...new Set(agentIds)].slice(0, AGENTS_MAX);
  const until = Math.floor(ctx.clock.now().getTime() / DAY_MS) * DAY_MS + DAY_MS;
  const from = until - wanted * DAY_MS;
  const counted = ids.length > 0 ? await count(ctx, ids, [new Date(from), new Date(until)], everyone) : new Map<string, UsesOfDay>();
  const dates = Array.from({ length: wanted }, (_, index) => new Date(from + index * DAY_MS).toISOString().slice(0, 10));
  return new Map(ids.map((id) => [id, dates.map((day) => counted.get(`${id} ${day}`) ?? { day, allowed: 0, refused: 0 })]));
}

/** By agent and day. */
async function count(ctx: PersonCtx, ids: string[], [from, until]: [Date, Date], everyone: boolean): Promise<Map<string, UsesOfDay>> {
  const values: unknown[] = [];
  const asked = { kind: "use", agentId: { in: ids }, at: { gte: from, lt: until } };
  const text = `select agent_id as "agentId", to_char(at at time zone 'UTC', 'YYYY-MM-DD') as day,
      (count(*) filter (where decision = 'allowed'))::int as allowed, (count(*) filter (where decision = 'refused'))::int as refused
    from activity where ${whereSql({ AND: [await visibleTo(ctx, everyone), asked] }, values)} group by 1, 2`;
  const rows = await freshRead<UsesOfDay & { agentId: string }>(ctx.db, text, values);
  return new Map(rows.map(({ agentId, ...uses }) => [`${agentId} ${uses.day}`, uses]));
}
