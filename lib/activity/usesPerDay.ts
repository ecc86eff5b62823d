import type { PersonCtx } from "../ctx";
import { freshRead } from "../db";
import { asking, cellsSql, countingOf } from "./countBars";
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

/** By agent and day: whole days as cells, and the rows that are in no cell yet. From rows alone, should cells move on while they are read again and again. */
async function count(ctx: PersonCtx, ids: string[], [from, until]: [Date, Date], everyone: boolean): Promise<Map<string, UsesOfDay>> {
  const where = { AND: [await visibleTo(ctx, everyone), { kind: "use", agentId: { in: ids } }] };
  for (let tries = 0; ; tries += 1) {
    const counting = tries < TRIES ? await countingOf(ctx.db, where) : null;
    const { values, put } = asking();
    const bounds = [put(from), put(until)];
    const within = (column: string) => `${column} >= ${bounds[0]} and ${column} < ${bounds[1]}`;
    const single = `select agent_id, at, decision, 1 as rows from activity where ${whereSql(where, values)} and ${within("at")}`;
    const every = counting
      ? `${single} and seq > ${put(counting.rolled.seq)} union all
          select agent_id, slot, decision, rows from activity_counts where ${cellsSql(counting, DAY_MS / 1000, values)} and ${within("slot")}`
      : single;
    const text = `select r.seq, u.* from activity_rolled r left join (
        select agent_id as "agentId", to_char(at at time zone 'UTC', 'YYYY-MM-DD') as day,
          coalesce(sum(rows) filter (where decision = 'allowed'), 0)::int as allowed, coalesce(sum(rows) filter (where decision = 'refused'), 0)::int as refused
        from (${every}) every group by 1, 2) u on true`;
    const found = await freshRead<UsesOfDay & { agentId: string | null; seq: string }>(ctx.db, text, values);
    if (counting && found[0]?.seq !== counting.rolled.seq) continue;
    return new Map(found.flatMap(({ agentId, seq: _seq, ...uses }) => (agentId === null ? [] : [[`${agentId} ${uses.day}`, uses]])));
  }
}

const TRIES = 3;
