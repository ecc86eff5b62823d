import type { z } from "zod";
import type { PersonCtx } from "../ctx";
import { freshRead } from "../db";
import type { Prisma } from "../generated/prisma/client";
import { type Bar, type Counting, countBars, countingOf, HAND_SQL, readSpan } from "./countBars";
import { ORIGIN, ORIGIN_SQL } from "./counts";
import { activityFilter, fitting, SEARCHED_ROWS, searchReach } from "./list";
import { whereSql } from "./whereSql";

/** Where rows are counted one by one, as far as this, the newest first; more are told as `cut`. */
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

/**
 * The rows that fit the filters, counted over time by whose hand they were in: exactly those that `listActivity` shows its reader.
 * From the first of them, or from `from`; to now, or to `to`. From cells where they can tell, and from the rows that are not in cells; from rows alone otherwise.
 */
export async function chartActivity(ctx: PersonCtx, input: ChartInput = {}, rowsMax = CHART_ROWS_MAX): Promise<ActivityChart> {
  const { from, to, ...about } = chartInput.parse(input);
  const where = await fitting(ctx, about);
  const end = to ?? new Date(ctx.clock.now().getTime() + 1);
  const reach = await searchReach(ctx, { ...about, from }, end, Math.min(rowsMax, SEARCHED_ROWS));
  const asked = { where, from: reach ?? from, to, end };
  if (reach) return { ...(await chartOfRows(ctx, asked, rowsMax)), cut: true };
  for (let tries = 0; tries < TRIES; tries += 1) {
    const counting = await countingOf(ctx.db, where);
    const chart = counting && (await chartOfCells(counting, asked, rowsMax));
    if (chart !== "moved") return chart ?? chartOfRows(ctx, asked, rowsMax);
  }
  return chartOfRows(ctx, asked, rowsMax);
}

/** Rows go into cells while a chart is read, now and then: it is read again. */
const TRIES = 3;

interface Asked {
  readonly where: Prisma.ActivityWhereInput;
  readonly from: Date | undefined;
  readonly to: Date | undefined;
  readonly end: Date;
}

/** Null where there is no bar that cells make up, or there are more rows beside them than are counted. */
async function chartOfCells(counting: Counting, { from, to, end }: Asked, rowsMax: number): Promise<ActivityChart | null | "moved"> {
  const span = from && to ? { first: from, last: to } : await readSpan(counting, { from, end });
  const begins = from ?? span.first;
  const ends = to ?? new Date(Math.max(end.getTime(), (span.last?.getTime() ?? 0) + 1));
  if (!begins || begins >= ends) return { bars: [], barSeconds: 0, rows: 0, cut: false };
  const barSeconds = widthFor(begins, ends);
  const counted = await countBars(counting, { begins, ends, barSeconds, rowsMax });
  if (!counted || counted === "moved") return counted;
  return { bars: within(fill(counted, begins, ends, barSeconds), from, to), barSeconds, rows: rowsIn(counted), cut: false };
}

/** Each row is counted for itself. */
export async function chartOfRows(ctx: PersonCtx, asked: Asked, rowsMax = CHART_ROWS_MAX): Promise<ActivityChart> {
  const { end } = asked;
  const values: unknown[] = [];
  const bounds = [...(asked.from ? [{ at: { gte: asked.from } }] : []), ...(asked.to ? [{ at: { lt: asked.to } }] : [])];
  const where = whereSql({ AND: [asked.where, ...bounds] }, values);
  let [read, from]: [Read, Date | undefined] = [{ ctx, where, values }, asked.from];
  let width = from ? widthFor(from, end) : WIDTH_UNKNOWN;
  let counted = await count(read, width, rowsMax + 1);
  const cut = rowsIn(counted) > rowsMax;
  if (cut) {
    // Seldom: so many rows that the oldest are left out. Where the others begin costs a reading in order.
    from = await readOldestCounted(read, rowsMax);
    read = { ctx, where: `${where} and at >= $${values.length + 1}`, values: [...values, from] };
    width = widthFor(from, end);
    counted = await count(read, width, null);
  }
  const [begins, ends] = [from ?? firstOf(counted), asked.to ?? lastOf(counted, end)];
  if (!begins || begins >= ends) return { bars: [], barSeconds: 0, rows: 0, cut };
  const barSeconds = widthFor(begins, ends);
  if (barSeconds % width > 0) counted = await count(read, barSeconds, null);
  return { bars: within(fill(counted, begins, ends, barSeconds), from, asked.to), barSeconds, rows: rowsIn(counted), cut };
}

/** Where it is not known how far the rows reach: what all longer bars are made of. */
const WIDTH_UNKNOWN = 6 * HOUR;

interface Read {
  readonly ctx: PersonCtx;
  readonly where: string;
  readonly values: readonly unknown[];
}

const HANDS = ["people", "agents", "valet", "refused"] as const;
type Hand = (typeof HANDS)[number];

interface Counted extends Bar {
  readonly first: Date;
  readonly last: Date;
}

/** The rows by bar and hand: one reading, in no order, that stops at `limit`. */
function count({ ctx, where, values }: Read, barSeconds: number, limit: number | null): Promise<Counted[]> {
  return freshRead<Counted>(
    ctx.db,
    `select date_bin($${values.length + 1}::float8 * interval '1 second', at, ${ORIGIN_SQL}) as bar,
      ${HAND_SQL} as hand,
      count(*)::int as count, min(at) as first, max(at) as last
    from (select at, acting, decision from activity where ${where} limit $${values.length + 2}::int) seen group by 1, 2`,
    [...values, barSeconds, limit],
  );
}

async function readOldestCounted({ ctx, where, values }: Read, rowsMax: number): Promise<Date> {
  const nth = `select at from activity where ${where} order by at desc, id desc offset $${values.length + 1} limit 1`;
  const [row] = await freshRead<{ at: Date }>(ctx.db, nth, [...values, rowsMax - 1]);
  return row?.at ?? new Date(0);
}

function rowsIn(counted: readonly Bar[]): number {
  return counted.reduce((sum, { count: more }) => sum + more, 0);
}

function firstOf(counted: readonly Counted[]): Date | undefined {
  return counted.length === 0 ? undefined : new Date(counted.reduce((least, { first }) => Math.min(least, first.getTime()), Infinity));
}

/** After the last row: another process's clock may be ahead of ours. */
function lastOf(counted: readonly Counted[], end: Date): Date {
  return new Date(counted.reduce((most, { last }) => Math.max(most, last.getTime() + 1), end.getTime()));
}

function fill(counted: readonly Bar[], begins: Date, ends: Date, barSeconds: number) {
  const [step, start] = [barSeconds * 1000, barStart(begins, barSeconds)];
  const length = Math.floor((ends.getTime() - 1 - start) / step) + 1;
  const bars = Array.from({ length }, (_, index) => emptyBar(start + index * step, step));
  for (const { bar, hand, count: more } of counted) {
    const into = bars[Math.floor((bar.getTime() - start) / step)];
    if (into) into[HANDS[hand] as Hand] += more;
  }
  return bars;
}

function widthFor(from: Date, to: Date): number {
  const bars = (width: number) => (barStart(new Date(to.getTime() - 1), width) - barStart(from, width)) / (width * 1000) + 1;
  return WIDTHS.find((width) => bars(width) <= BARS_MAX) ?? (WIDTHS.at(-1) as number);
}

function barStart(moment: Date, width: number): number {
  const step = width * 1000;
  return Math.floor((moment.getTime() - ORIGIN) / step) * step + ORIGIN;
}

function emptyBar(begins: number, step: number): { -readonly [Name in keyof ChartBar]: ChartBar[Name] } {
  return { from: new Date(begins), to: new Date(begins + step), people: 0, agents: 0, valet: 0, refused: 0 };
}

/** The first and the last bar keep to the time that was asked for. */
function within(bars: readonly ChartBar[], from: Date | undefined, to: Date | undefined): ChartBar[] {
  const [least, most] = [from?.getTime() ?? Number.NEGATIVE_INFINITY, to?.getTime() ?? Number.POSITIVE_INFINITY];
  return bars.map((bar) => ({
    ...bar,
    from: new Date(Math.max(bar.from.getTime(), least)),
    to: new Date(Math.min(bar.to.getTime(), most)),
  }));
}
