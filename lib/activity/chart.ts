import type { z } from "zod";
import type { PersonCtx } from "../ctx";
import { freshRead } from "../db";
import { activityFilter, fitting } from "./list";
import { whereSql } from "./whereSql";

/** Rows are counted as far as this, the newest first; more are told as `cut`. */
export const CHART_ROWS_MAX = 200_000;
export const BARS_MAX = 60;

export const chartInput = activityFilter.omit({ cursor: true, limit: true });
export type ChartInput = z.input<typeof chartInput>;

/** How many rows of one span of time. Each row is in one of the four: what was refused is not counted as anybody's. */
export interface ChartBar {
  readonly from: Date;
  /** Where the next one begins. */
  readonly to: Date;
  readonly people: number;
  readonly agents: number;
  readonly valet: number;
  readonly refused: number;
}

export interface ActivityChart {
  /** Without gaps, oldest first. None when no row fits and no time was asked for. */
  readonly bars: readonly ChartBar[];
  readonly barSeconds: number;
  /** Rows in the bars. */
  readonly rows: number;
  /** There are older rows that were not counted. */
  readonly cut: boolean;
}

const [MINUTE, HOUR, DAY] = [60, 3600, 86_400];
/** Widths that a person can read off an axis, in seconds. The last makes the whole of what may be asked for fit. */
const WIDTHS = [
  ...[1, 2, 5, 10, 15, 30].flatMap((count) => [count, count * MINUTE]),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7, 14, 28, 91, 182, 364, 3_640, 364_000].map((count) => count * DAY),
].sort((left, right) => left - right);

/** A Monday: bars of weeks begin on one, and shorter ones at their own round moments. */
const ORIGIN = "1970-01-05T00:00:00Z";

/**
 * The rows that fit the filters, counted over time by whose hand they were in: exactly those that `listActivity` shows its reader.
 * From the first of them, or from `from`; to now, or to `to`.
 */
export async function chartActivity(ctx: PersonCtx, input: ChartInput = {}): Promise<ActivityChart> {
  const filter = chartInput.parse(input);
  const values: unknown[] = [];
  const where = whereSql(await fitting(ctx, filter), values);
  const counted = await freshRead<Counted>(ctx.db, countSql(where, values.length), [
    ...values,
    filter.from ?? null,
    filter.to ?? ctx.clock.now(),
    WIDTHS,
  ]);
  const [first] = counted;
  if (!first) return { bars: [], barSeconds: 0, rows: 0, cut: false };
  const rows = counted.reduce((sum, { count }) => sum + count, 0);
  return { bars: barsOf(counted, first, filter), barSeconds: first.width, rows, cut: rows >= CHART_ROWS_MAX };
}

interface Counted {
  readonly width: number;
  /** Where the first and the last bar begin. */
  readonly first: Date;
  readonly last: Date;
  readonly bar: Date;
  readonly hand: Hand | null;
  readonly count: number;
}

type Hand = "people" | "agents" | "valet" | "refused";

/** One reading: the rows once, the width that suits their span, and what falls into each bar. A bar without a row has no line, but the first. */
function countSql(where: string, given: number): string {
  const [from, to, widths] = [`$${given + 1}::timestamptz`, `$${given + 2}::timestamptz`, `$${given + 3}::float8[]`];
  const binned = (moment: string) => `date_bin(width * interval '1 second', ${moment}, '${ORIGIN}')`;
  return `with seen as materialized (
      select at, acting, decision from activity where ${where} order by at desc, id desc limit ${CHART_ROWS_MAX}),
    span as (select coalesce(${from}, min(at)) as begins, greatest(${to} - interval '1 millisecond', max(at)) as ends from seen),
    edges as (
      select width, ${binned("begins")} as first, ${binned("ends")} as last from span, unnest(${widths}) width
      where begins <= ends and extract(epoch from ${binned("ends")} - ${binned("begins")}) < ${BARS_MAX} * width order by width limit 1)
    select width, first, last, first as bar, null as hand, 0 as count from edges
    union all
    select width, min(first), min(last), ${binned("at")},
      case when decision = 'refused' then 'refused' when acting = 'person' then 'people' when acting = 'agent' then 'agents' else 'valet' end,
      count(*)::int
    from seen, edges group by 1, 4, 5`;
}

function barsOf(counted: readonly Counted[], { width, first, last }: Counted, asked: { from?: Date | undefined; to?: Date | undefined }) {
  const [start, step] = [first.getTime(), width * 1000];
  const bars = Array.from({ length: Math.round((last.getTime() - start) / step) + 1 }, (_, index) => {
    const [from, to] = [start + index * step, start + (index + 1) * step];
    return {
      from: new Date(Math.max(from, asked.from?.getTime() ?? from)),
      to: new Date(Math.min(to, asked.to?.getTime() ?? to)),
      ...{ people: 0, agents: 0, valet: 0, refused: 0 },
    };
  });
  for (const { bar, hand, count } of counted) {
    const into = bars[Math.round((bar.getTime() - start) / step)];
    if (into && hand) into[hand] += count;
  }
  return bars;
}
